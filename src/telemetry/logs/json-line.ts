// A line that a structured logger wrote (pino, bunyan, winston, zap's form …), to the words that we use. Pure.
import type { LogLevel } from '../../api/app-config.ts'
import { reservedFields } from './record.ts'

export interface JsonLine {
  level: LogLevel | undefined
  timeMs: number | undefined
  msg: string
  traceId: string | undefined
  spanId: string | undefined
  /** Everything else; none of the reserved names. */
  fields: Record<string, unknown>
}

/** The words of pino, winston, syslog, bunyan, log4j and Google Cloud. */
const words: Record<LogLevel, string> = {
  trace: 'trace silly finest',
  debug: 'debug verbose fine',
  info: 'info information informational http log notice default',
  warn: 'warn warning',
  error: 'error err severe',
  fatal: 'fatal critical crit alert emerg emergency panic'
}
const levels = new Map(Object.entries(words).flatMap(([level, names]) => names.split(' ').map((name) => [name, level as LogLevel])))
const names = {
  level: ['level', 'severity'],
  time: ['time', 'timestamp', '@timestamp', 'ts'],
  msg: ['msg', 'message'],
  traceId: ['trace_id'],
  spanId: ['span_id']
}
const dateForm = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/

/** Undefined: not one whole JSON object, so a line for people. */
export function readJsonLine (text: string): JsonLine | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined
  const fields = parseObject(text)
  if (fields === undefined) return undefined

  /** First field of these names that `read` understands; it leaves the others. */
  function take<Value> (from: readonly string[], read: (value: unknown) => Value | undefined): Value | undefined {
    for (const name of from) {
      const value = fields?.has(name) === true ? read(fields.get(name)) : undefined
      if (value === undefined) continue
      fields?.delete(name)
      return value
    }
    return undefined
  }

  const level = take(names.level, levelOf)
  const timeMs = take(names.time, timeOf)
  const msg = take(names.msg, (value) => typeof value === 'string' ? value : undefined) ?? ''
  const traceId = take(names.traceId, (value) => typeof value === 'string' && /^[\da-f]{32}$/.test(value) ? value : undefined)
  const spanId = take(names.spanId, (value) => typeof value === 'string' && /^[\da-f]{16}$/.test(value) ? value : undefined)
  const others = Array.from(fields, ([name, value]) => [reservedFields.has(name) ? `${name}_` : name, value] as const)
  return { level, timeMs, msg, traceId, spanId, fields: Object.fromEntries(others) }
}

function parseObject (text: string): Map<string, unknown> | undefined {
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, unknown>))
  } catch {
    // Plain text that only looks like an object (util.inspect does).
    return undefined
  }
}

/** pino's and bunyan's numbers, or a word. */
function levelOf (value: unknown): LogLevel | undefined {
  if (typeof value === 'string') return levels.get(value.toLowerCase())
  if (typeof value !== 'number') return undefined
  if (value < 20) return 'trace'
  if (value < 30) return 'debug'
  if (value < 40) return 'info'
  if (value < 50) return 'warn'
  return value < 60 ? 'error' : 'fatal'
}

/** Milliseconds or (below 1e11, the year 5138) seconds since the epoch, or a date that Node can read. */
function timeOf (value: unknown): number | undefined {
  const ms = typeof value === 'number' ? (value < 1e11 ? value * 1000 : value) : typeof value === 'string' && dateForm.test(value) ? Date.parse(value) : NaN
  return ms > 0 && ms < 8.64e15 ? ms : undefined
}
