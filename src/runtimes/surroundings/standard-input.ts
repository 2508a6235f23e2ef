// Standard input of a thread: empty, as a container's. What is the process' own (a terminal, under `wattapp run`) belongs to no service,
// and whoever reads it waits, in a native call that no one can end.
import fs from 'node:fs'

type AnyFunction = (...args: unknown[]) => unknown

/** Replaces what reads descriptor 0. `process.stdin` of a thread is empty already. */
export function emptyInput (): void {
  const functions = fs as unknown as Record<string, AnyFunction>

  function replace (name: string, answer: (args: unknown[]) => unknown): void {
    const original = functions[name]
    if (original === undefined) return
    const replaced: AnyFunction = (...args) => args[0] === 0 ? answer(args) : original(...args)
    // Node hangs the names of util.promisify's result (bytesRead, buffer) on the function.
    functions[name] = Object.defineProperties(replaced, Object.getOwnPropertyDescriptors(original))
  }

  const callBack = (args: unknown[], ...result: unknown[]): void => {
    const callback = args.findLast((arg) => typeof arg === 'function')
    if (callback !== undefined) process.nextTick(callback as AnyFunction, null, ...result)
  }

  for (const name of ['read', 'readv']) {
    replace(name, (args) => callBack(args, 0, args[1]))
    replace(`${name}Sync`, () => 0)
  }
  replace('readFile', (args) => callBack(args, nothing(args[1])))
  replace('readFileSync', ([, options]) => nothing(options))
}

function nothing (options: unknown): string | Buffer {
  const encoding: unknown = typeof options === 'object' && options !== null ? Reflect.get(options, 'encoding') : options
  return typeof encoding === 'string' && encoding !== 'buffer' ? '' : Buffer.alloc(0)
}
