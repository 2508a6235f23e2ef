// What the supervisor hands the log sink: one object a line of stdout. A stack trace stays inside its record.
import type { LogLevel } from '../api/app-config.ts'

/** `time` is milliseconds since the epoch; every other field is the line's own. */
export interface LogRecord {
  time: number
  level: LogLevel
  msg: string
  app: string
  service?: string
  worker?: number
  [field: string]: unknown
}

export type LogSink = (record: LogRecord) => void
