// The fs functions that can write to descriptors 1 and 2, replaced by ones that hand the bytes over instead.
// Whatever is not plainly such a call, wrong arguments included, goes to Node's own function: it knows the right error.
import type fs from 'node:fs'

export type Descriptor = 1 | 2
type Take = (descriptor: Descriptor, chunk: string | Uint8Array) => void
type AnyFunction = (...args: unknown[]) => unknown
type Replace = (original: AnyFunction) => AnyFunction

/** Replaces them on `module` (node:fs, as CommonJS sees it). Chunks are copies: callers reuse their buffers. */
export function patchFileSystem (module: typeof fs, take: Take): void {
  const functions = module as unknown as Record<string, AnyFunction>

  function replace (name: string, by: Replace): void {
    const original = functions[name]
    if (original === undefined) return
    // Node hangs the names of util.promisify's result (bytesWritten, buffer) on the function.
    functions[name] = Object.defineProperties(by(original), Object.getOwnPropertyDescriptors(original))
  }

  /** Bytes taken, or undefined: not ours. */
  function takeAll (descriptor: Descriptor, chunks: Array<string | Uint8Array | undefined>): number | undefined {
    let bytes = 0
    for (const chunk of chunks) if (chunk === undefined) return undefined
    for (const chunk of chunks) {
      if (chunk === undefined || chunk.length === 0) continue
      bytes += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length
      take(descriptor, chunk)
    }
    return bytes
  }

  const sync = (read: (args: unknown[]) => Array<string | Uint8Array | undefined>, answers = true): Replace => (original) => (fd, ...args) => {
    const bytes = isOurs(fd) ? takeAll(fd, read(args)) : undefined
    if (bytes === undefined) return original(fd, ...args)
    return answers ? bytes : undefined
  }

  const async = (read: (args: unknown[]) => Array<string | Uint8Array | undefined>, answers = true): Replace => (original) => (fd, ...args) => {
    const callback = args.findLast((arg) => typeof arg === 'function') as AnyFunction | undefined
    const bytes = isOurs(fd) && callback !== undefined ? takeAll(fd, read(args.filter((arg) => arg !== callback))) : undefined
    if (bytes === undefined || callback === undefined) return original(fd, ...args)
    if (answers) process.nextTick(callback, null, bytes, args[0])
    else process.nextTick(callback, null)
    return undefined
  }

  replace('write', async(([data, ...rest]) => [chunkOf(data, rest)]))
  replace('writeSync', sync(([data, ...rest]) => [chunkOf(data, rest)]))
  replace('writev', async(([list]) => chunksOf(list)))
  replace('writevSync', sync(([list]) => chunksOf(list)))
  for (const name of ['writeFile', 'appendFile']) {
    replace(name, async(([data, options]) => [wholeOf(data, options)], false))
    replace(`${name}Sync`, sync(([data, options]) => [wholeOf(data, options)], false))
  }
  // A stream over descriptor 1 closes it at its end, for the whole process.
  replace('closeSync', (original) => (fd) => isOurs(fd) ? undefined : original(fd))
  replace('close', (original) => (fd, callback) => {
    if (!isOurs(fd)) return callback === undefined ? original(fd) : original(fd, callback)
    if (typeof callback === 'function') process.nextTick(callback as AnyFunction, null)
    return undefined
  })
}

function isOurs (fd: unknown): fd is Descriptor {
  return fd === 1 || fd === 2
}

/** (buffer, offset, length, position) or (buffer, { offset, length }) or (string, position, encoding). */
function chunkOf (data: unknown, [first, second]: unknown[]): string | Uint8Array | undefined {
  if (typeof data === 'string') return encoded(data, second)
  if (!ArrayBuffer.isView(data)) return undefined
  const { offset, length } = typeof first === 'object' && first !== null
    ? first as { offset?: unknown, length?: unknown }
    : { offset: first, length: second }
  const from = offset ?? 0
  const size = length ?? (typeof from === 'number' ? data.byteLength - from : undefined)
  if (!isCount(from) || !isCount(size) || from + size > data.byteLength) return undefined
  return bytesOf(data, from, size)
}

function chunksOf (list: unknown): Array<Uint8Array | undefined> {
  return Array.isArray(list) ? list.map((one: unknown) => ArrayBuffer.isView(one) ? bytesOf(one, 0, one.byteLength) : undefined) : [undefined]
}

function wholeOf (data: unknown, options: unknown): string | Uint8Array | undefined {
  if (ArrayBuffer.isView(data)) return bytesOf(data, 0, data.byteLength)
  const encoding = typeof options === 'object' && options !== null ? (options as { encoding?: unknown }).encoding : options
  return typeof data === 'string' ? encoded(data, encoding) : undefined
}

function encoded (text: string, encoding: unknown): string | Uint8Array {
  const isOther = typeof encoding === 'string' && Buffer.isEncoding(encoding) && !/^utf-?8$/i.test(encoding)
  return isOther ? new Uint8Array(Buffer.from(text, encoding)) : text
}

/** A copy in memory of its own: posting a view of Node's pool would carry the whole pool along. */
function bytesOf (view: ArrayBufferView, from: number, size: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + from, size).slice()
}

function isCount (value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}
