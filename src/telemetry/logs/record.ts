// One log record, as it is printed: one JSON object a line. Pure.
import type { LogLevel } from '../../api/app-config.ts'

/** `time` is milliseconds since the epoch; fields without a name here are the line's own. */
export interface LogRecord {
  time: number
  level: LogLevel
  msg: string
  app: string
  service?: string
  worker?: number
  trace_id?: string
  span_id?: string
  [field: string]: unknown
}

/** Names that only we say. A service's own field of such a name is kept, with an underscore behind its name. */
export const reservedFields: ReadonlySet<string> = new Set(['time', 'level', 'msg', 'app', 'service', 'worker', 'trace_id', 'span_id'])

const order: Record<LogLevel, number> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }

export function isLoud (level: LogLevel, threshold: LogLevel): boolean {
  return order[level] >= order[threshold]
}

/** Newline included. No control character is left inside, nor what some readers take for the end of a line: one record is always one line. */
export function jsonLine (record: LogRecord): string {
  const json = JSON.stringify({ ...record, time: new Date(record.time).toISOString() })
  return `${json.replace(/[\u007f-\u009f\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}
