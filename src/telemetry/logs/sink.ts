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
  now?: () => number
}

/** Also callable as it is: `supervisor({ sink: sink.write })`. */
export interface Sink extends AsyncDisposable {
  /** Never throws. What a reader that is too slow makes it drop, it says as soon as there is room again. */
  write: (record: LogRecord) => void
  /** Whole records of that level, as `jsonLine` makes them. Only for a sink without a `format` of its own. */
  writeLines: (level: LogLevel, lines: string) => void
  /** In force from the next record on. */
  setLevel: (level: LogLevel) => void
  flush: () => Promise<void>
  /** For the process's `exit` event. */
  flushSync: () => void
}

export function createSink ({ level, writer = createDescriptorWriter(1), format = jsonLine, now = Date.now }: SinkOptions): Sink {
  let threshold = level
  let dropped = 0
  let app = ''

  function tellDropped (): void {
    if (dropped === 0) return
    const msg = `${dropped} log records were dropped: whoever reads this output was too slow`
    if (writer.write(format({ time: now(), level: 'warn', msg, app, service: 'supervisor', dropped }))) dropped = 0
  }

  return {
    write (record) {
      if (!isLoud(record.level, threshold)) return
      app = record.app
      tellDropped()
      if (!writer.write(textOf(record, format))) dropped++
    },
    writeLines (level, lines) {
      if (!isLoud(level, threshold)) return
      tellDropped()
      if (!writer.write(lines)) dropped += lines.split('\n').length - 1
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
