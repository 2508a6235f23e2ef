// One log record, as it is printed: one JSON object a line. Pure.
import type { LogLevel } from '../../api/app-config.ts'
import { oneLine } from '../../base/one-line.ts'

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

/** Newline included. One record is always one line. */
export function jsonLine (record: LogRecord): string {
  return `${oneLine(JSON.stringify({ ...record, time: new Date(record.time).toISOString() }))}\n`
}

/** Lines of jsonLine, back to records. */
export function recordsOf (lines: string): LogRecord[] {
  return lines.trimEnd().split('\n').map((line) => {
    const record = JSON.parse(line) as LogRecord
    return { ...record, time: Date.parse(String(record.time)) }
  })
}
