// Whatever one worker writes to one descriptor, to log records: JSON lines are mapped, a stack trace stays in one record.
// What belongs together is told by the text alone, so any chunking of it gives the same records. Pure.
import type { LogLevel } from '../../api/app-config.ts'
import { readJsonLine } from './json-line.ts'
import type { LogRecord } from './record.ts'
import { createSplitter, maxLineLength, type Line, type Origin } from './split.ts'

export interface LineSource { app: string, service: string, worker: number, descriptor: 1 | 2 }

export interface LineReader {
  push: (chunk: string | Uint8Array, origin: Origin) => LogRecord[]
  /** No more came for a while: a plain line that might have gone on is over. A line without its newline still waits. */
  settle: () => LogRecord[]
  /** The worker has ended: everything that waits. */
  end: () => LogRecord[]
}

/** Indented, or what closes or goes on with something printed over several lines. */
const continuation = /^(?:\s|[}\])]+[,;]?$|[│├└]|Caused by: |\[cause\]: )/
const stackFrame = /^\s+at /
/** What may be followed by more lines of message before its first stack frame: an error, or the place of a syntax error. */
const stackHead = /^(?:Uncaught )?\[?(?:[\w.$]*(?:Error|Exception)\b|(?:file:\/\/)?\/\S+:\d+$)/
const maxMessageLines = 16
const nodeWarning = /^\((?:node:\d+\) |Use `node --trace)/

/** A plain record that may go on. */
interface Open {
  origin: Origin
  text: string
  /** Characters past the bound, not kept. */
  cut: number
  mayHaveStack: boolean
  hasFrame: boolean
  /** Belong to it only if a stack frame comes. */
  pending: Line[]
}

export function createLineReader (source: LineSource): LineReader {
  const splitter = createSplitter()
  let open: Open | undefined

  function begin ({ text, origin, cut }: Line): void {
    open = { origin, text, cut, mayHaveStack: stackHead.test(text), hasFrame: false, pending: [] }
  }

  function join (into: Open, line: Line): void {
    for (const { text, cut } of [...into.pending, line]) {
      const room = Math.max(0, maxLineLength - into.text.length)
      into.text += `\n${text}`.slice(0, room)
      into.cut += cut + Math.max(0, text.length + 1 - room)
    }
    into.pending = []
    into.hasFrame ||= stackFrame.test(line.text)
  }

  /** Ends the open record. What waited for a stack frame that did not come is read again as lines of their own. */
  function close (records: LogRecord[]): void {
    if (open === undefined) return
    const { pending } = open
    records.push(plainRecord(open, source))
    open = undefined
    for (const line of pending) step(line, records)
    if (pending.length > 0) close(records)
  }

  function step (line: Line, records: LogRecord[]): void {
    const isBlank = line.text.trim() === ''
    if (open === undefined) {
      if (isBlank) return
    } else if (isBlank) {
      if (open.pending.length < maxMessageLines) open.pending.push(line)
      return
    } else if (continuation.test(line.text)) {
      const isSettled = open.pending.every(({ text }) => text.trim() === '')
      if (isSettled || stackFrame.test(line.text)) return join(open, line)
      if (open.pending.length < maxMessageLines) {
        open.pending.push(line)
        return
      }
    } else if (open.mayHaveStack && !open.hasFrame && open.pending.length < maxMessageLines && !line.text.startsWith('{')) {
      open.pending.push(line)
      return
    }
    close(records)
    const json = line.cut === 0 ? readJsonLine(line.text) : undefined
    if (json === undefined) return begin(line)
    const { level, timeMs, msg, traceId = line.origin.traceId, spanId = line.origin.spanId, fields } = json
    records.push({
      ...head(timeMs ?? line.origin.timeMs, level ?? defaultLevel(source.descriptor, msg), msg, source, { timeMs: 0, traceId, spanId }),
      ...fields
    })
  }

  return {
    push (chunk, origin) {
      const records: LogRecord[] = []
      for (const line of splitter.push(chunk, origin)) step(line, records)
      return records
    },
    settle () {
      const records: LogRecord[] = []
      close(records)
      return records
    },
    end () {
      const records: LogRecord[] = []
      for (const line of splitter.end()) step(line, records)
      close(records)
      return records
    }
  }
}

function plainRecord ({ text, origin, cut }: Open, source: LineSource): LogRecord {
  const record = head(origin.timeMs, defaultLevel(source.descriptor, text), text, source, origin)
  return cut === 0 ? record : { ...record, truncated: cut }
}

function head (time: number, level: LogLevel, msg: string, { app, service, worker }: LineSource, { traceId, spanId }: Origin): LogRecord {
  const ids = { ...(traceId === undefined ? {} : { trace_id: traceId }), ...(spanId === undefined ? {} : { span_id: spanId }) }
  return { time, level, msg, app, service, worker, ...ids }
}

/** What goes to stderr is an error, except for the warnings that Node itself writes there. */
function defaultLevel (descriptor: 1 | 2, msg: string): LogLevel {
  if (descriptor === 1) return 'info'
  return nodeWarning.test(msg) ? 'warn' : 'error'
}
