// The main thread's end of what services write: chunks of many workers in, records out.
import type { OutputRecord } from '../record/record.ts'
import { createLineReader, type LineReader } from './line.ts'
import type { LogRecord } from './record.ts'

/** How long a plain line is kept back to see whether a stack trace follows it. */
const settleMs = 10

export interface Output {
  /** What a thread says with {type: 'output'}. */
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
  const workers = new Map<number, Partial<Record<1 | 2, LineReader>>>()
  let settling: NodeJS.Timeout | undefined

  const readersOf = (worker: number): LineReader[] => Object.values(workers.get(worker) ?? {})

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
      if (readers === undefined) workers.set(worker, readers = {})
      const timeMs = now()
      for (const { descriptor, chunk, traceId, spanId } of output) {
        const reader = readers[descriptor] ??= createLineReader({ app, service, worker, descriptor })
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
