// The main thread's end of what services write: chunks of many workers in, records out.
import type { OutputRecord } from '../record/record.ts'
import { createLineReader, type LineReader } from './line.ts'
import type { LogRecord } from './record.ts'

/** How long a plain line is kept back to see whether a stack trace follows it. */
const settleMs = 10

export interface Output {
  /** What a thread says with {type: 'output'}; `service` for records that name none. */
  take: (service: string, worker: number, output: readonly OutputRecord[]) => void
  /** The thread has ended: what it left half said is written. */
  end: (worker: number) => void
  /** Writes everything that waits. */
  close: () => void
}

export interface OutputOptions {
  app: string
  sink: (record: LogRecord) => void
  now?: () => number
}

export function createOutput ({ app, sink, now = Date.now }: OutputOptions): Output {
  /** Of each worker, by service and descriptor: half a line of one must not run into that of another. */
  const workers = new Map<number, Map<string, LineReader>>()
  let settling: NodeJS.Timeout | undefined

  const readersOf = (worker: number): LineReader[] => [...workers.get(worker)?.values() ?? []]

  function settle (): void {
    settling = undefined
    for (const worker of workers.keys()) for (const reader of readersOf(worker)) reader.settle().forEach(sink)
  }

  function end (worker: number): void {
    for (const reader of readersOf(worker)) reader.end().forEach(sink)
    workers.delete(worker)
  }

  return {
    take (service, worker, output) {
      let readers = workers.get(worker)
      if (readers === undefined) workers.set(worker, readers = new Map())
      const timeMs = now()
      for (const { service: writer = service, descriptor, chunk, traceId, spanId } of output) {
        const key = `${descriptor} ${writer}`
        let reader = readers.get(key)
        if (reader === undefined) readers.set(key, reader = createLineReader({ app, service: writer, worker, descriptor }))
        reader.push(chunk, { timeMs, traceId, spanId }).forEach(sink)
      }
      settling ??= setTimeout(settle, settleMs)
    },
    end,
    close () {
      clearTimeout(settling)
      settling = undefined
      for (const worker of [...workers.keys()]) end(worker)
    }
  }
}
