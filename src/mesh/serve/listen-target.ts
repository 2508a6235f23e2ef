// What a call of listen() asks for: its arguments come in a dozen shapes (node:net, server.listen).

export interface ListenTarget {
  port: number
  /** The callback. */
  then: (() => void) | undefined
  signal: AbortSignal | undefined
  /** What else was asked for and still holds on loopback. */
  rest: { backlog?: number, exclusive?: boolean }
}

/** Undefined: no port, but a path, a descriptor or a handle. */
export function listenTarget (args: readonly unknown[]): ListenTarget | undefined {
  const last = args.at(-1)
  const then = typeof last === 'function' ? () => { last() } : undefined
  const [first, ...more] = args
  if (first === undefined || first === null || typeof first === 'function') return { port: 0, then, signal: undefined, rest: {} }
  if (typeof first === 'object') return fromOptions(first, then)
  const port = portOf(first)
  if (port === undefined) return undefined
  const backlog = more.find((arg) => typeof arg === 'number')
  return { port, then, signal: undefined, rest: backlog === undefined ? {} : { backlog } }
}

function fromOptions (options: object, then: ListenTarget['then']): ListenTarget | undefined {
  const { port, path, fd, handle, _handle, backlog, exclusive, signal } = options as Record<string, unknown>
  if (fd !== undefined || handle !== undefined || _handle !== undefined || typeof Reflect.get(options, 'close') === 'function') return undefined
  if ((port === undefined || port === null) && (path !== undefined || !('port' in options))) return undefined
  const number = port === undefined || port === null ? 0 : portOf(port)
  if (number === undefined) return undefined
  return {
    port: number,
    then,
    signal: signal instanceof AbortSignal ? signal : undefined,
    rest: { ...(typeof backlog === 'number' && { backlog }), ...(typeof exclusive === 'boolean' && { exclusive }) }
  }
}

/** As node:net takes it: a number, or a string that is one. */
export function portOf (value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 65_535 ? number : undefined
}
