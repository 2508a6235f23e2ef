// What Watt's applications log with: https://getpino.io/#/docs/api?id=logger as far as services and Fastify call it, written as the
// lines that it would write. pino itself would be a package in every thread.
import { format, inspect } from 'node:util'

const values = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, silent: Infinity } as const

export type Level = keyof typeof values
export type Fields = Readonly<Record<string, unknown>>
export type Serializers = Readonly<Record<string, (value: never) => unknown>>

export interface LoggerOptions {
  level?: Level | undefined
  serializers?: Serializers | undefined
  msgPrefix?: string | undefined
}

export interface LoggerSettings { level: Level, write: (line: string) => void, bindings?: Fields, serializers?: Serializers, msgPrefix?: string }

export class Logger {
  readonly levels = { values }
  #level: Level
  #bindings: Fields
  readonly #settings: Required<LoggerSettings>

  constructor ({ level, write, bindings = {}, serializers = {}, msgPrefix = '' }: LoggerSettings) {
    this.#level = level
    this.#bindings = bindings
    this.#settings = { level, write, bindings, serializers, msgPrefix }
  }

  get level (): Level { return this.#level }
  set level (level: Level) {
    if (!Object.hasOwn(values, level)) throw new TypeError(`unknown level ${level}`)
    this.#level = level
  }

  trace (...what: unknown[]): void { this.#log('trace', what) }
  debug (...what: unknown[]): void { this.#log('debug', what) }
  info (...what: unknown[]): void { this.#log('info', what) }
  warn (...what: unknown[]): void { this.#log('warn', what) }
  error (...what: unknown[]): void { this.#log('error', what) }
  fatal (...what: unknown[]): void { this.#log('fatal', what) }
  silent (): void {}

  child (bindings: Fields, { level, serializers, msgPrefix = '' }: LoggerOptions = {}): Logger {
    const own = this.#settings
    return new Logger({
      level: level ?? this.#level,
      write: own.write,
      bindings: { ...this.#bindings, ...bindings },
      serializers: { ...own.serializers, ...serializers },
      msgPrefix: own.msgPrefix + msgPrefix
    })
  }

  bindings (): Fields { return { ...this.#bindings } }
  setBindings (bindings: Fields): void { this.#bindings = { ...this.#bindings, ...bindings } }
  isLevelEnabled (level: Level): boolean { return values[level] >= values[this.#level] }

  flush (done?: () => void): void { done?.() }

  #log (level: Level, [first, ...rest]: unknown[]): void {
    if (!this.isLevelEnabled(level)) return
    const { write, serializers, msgPrefix } = this.#settings
    const isText = typeof first === 'string' || first === undefined
    const fields = isText ? {} : first instanceof Error ? { err: first } : typeof first === 'object' ? { ...first } as Fields : { value: first }
    const said = isText ? [first, ...rest] : rest
    const msg = said.length > 0 && said[0] !== undefined ? `${msgPrefix}${format(...said)}` : fields.err instanceof Error ? `${msgPrefix}${fields.err.message}` : undefined
    write(`${lineOf({ level: values[level], time: Date.now(), ...this.#bindings, ...fields, ...(msg !== undefined && { msg }) }, serializers)}\n`)
  }
}

function lineOf (record: Fields, serializers: Serializers): string {
  const serialized = Object.fromEntries(Object.entries(record).map(([name, value]) => {
    const serialize = Object.hasOwn(serializers, name) ? serializers[name] : undefined
    return [name, serialize === undefined || value === undefined ? value : serialize(value as never)]
  }))
  try {
    return JSON.stringify(serialized, plain)
  } catch {
    // A circle: whatever can be said of each field is better than no line.
    return JSON.stringify(Object.fromEntries(Object.entries(serialized).map(([name, value]) => [name, typeof value === 'object' ? inspect(value) : value])), plain)
  }
}

function plain (_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (!(value instanceof Error)) return value
  return { ...value, type: value.constructor.name, message: value.message, stack: value.stack, ...(value.cause !== undefined && { cause: value.cause }) }
}
