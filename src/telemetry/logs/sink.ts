// Where log records end: filtered by level, one JSON object a line (or a person's form), to the container's output.
import type { LogLevel } from '../../api/app-config.ts'
import type { LogRecord } from './record.ts'
import { isLoud, jsonLine } from './record.ts'
import { createDescriptorWriter, type DescriptorWriter } from './descriptor.ts'

export interface SinkOptions {
  level: LogLevel
  /** Default: descriptor 1. */
  writer?: DescriptorWriter
  /** One record to text, newline included; default: one JSON object. */
  format?: (record: LogRecord) => string
  /** A record was dropped: its reader is too slow (wattapp_log_records_dropped_total). */
  onDrop?: () => void
}

/** Also callable as it is: `supervisor({ sink: sink.write })`. */
export interface Sink extends AsyncDisposable {
  /** Never throws. */
  write: (record: LogRecord) => void
  /** In force from the next record on. */
  setLevel: (level: LogLevel) => void
  flush: () => Promise<void>
  /** For the process's `exit` event. */
  flushSync: () => void
}

export function createSink ({ level, writer = createDescriptorWriter(1), format = jsonLine, onDrop }: SinkOptions): Sink {
  let threshold = level
  return {
    write (record) {
      if (!isLoud(record.level, threshold)) return
      if (!writer.write(textOf(record, format))) onDrop?.()
    },
    setLevel (next) { threshold = next },
    flush: writer.flush,
    flushSync: writer.flushSync,
    [Symbol.asyncDispose]: writer.flush
  }
}

function textOf (record: LogRecord, format: (record: LogRecord) => string): string {
  try {
    return format(record)
  } catch {
    // A field that JSON cannot say (a cycle, a BigInt) must not cost the message.
    const { time, level, msg, app, service, worker } = record
    return format({ time, level, msg, app, ...(service === undefined ? {} : { service }), ...(worker === undefined ? {} : { worker }) })
  }
}
