// The supervisor's own log records.
import type { LogLevel } from '../api/app-config.ts'
import type { Clock } from '../base/clock.ts'
import type { LogRecord } from '../telemetry/logs/record.ts'

/** `service` and `worker` of `fields`: whom it is about, so that a service's own log tells of its ends too. */
export type Log = (level: LogLevel, msg: string, fields?: { service?: string, worker?: number, [field: string]: unknown }) => void

export function createLog (app: string, sink: (record: LogRecord) => void, clock: Clock): Log {
  return (level, msg, fields) => sink({ time: clock.now(), level, msg, app, service: 'supervisor', ...fields })
}
