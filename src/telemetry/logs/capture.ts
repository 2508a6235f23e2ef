// Catches whatever a service's thread writes to descriptors 1 and 2, by console, by stream or by fs, with the trace it was written in.
// Patches Node's builtins of this thread, once, before the service's code is loaded: loggers write to the descriptor itself
// (pino does), where a line would reach the container's output without the name of its service.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import workerThreads from 'node:worker_threads'
import type { TraceContext } from '../../mesh/mesh.ts'
import type { OutputRecord, RecordMessage } from '../record/record.ts'
import { patchFileSystem, type Descriptor } from './capture-fs.ts'
import { patchWorkers } from './capture-workers.ts'

/** Past this many characters or bytes in one turn, the batch goes at once. */
const batchLimit = 64 * 1024

export interface Capture {
  /** Sends what is still waiting; before the thread ends itself. */
  flush: () => void
}

export interface CaptureOptions {
  post: (message: RecordMessage) => void
  /** The observer's, for trace ids. */
  current?: () => TraceContext | undefined
  /** Whose code writes, where several services share the thread. */
  writer?: () => string | undefined
  /** What threads load first that the service starts; nested.ts by default. */
  preload?: string | undefined
}

const nobody = (): undefined => undefined

/** Output of one turn is two messages at most: the first piece at once, the rest together. */
export function captureOutput ({ post, current = nobody, writer = nobody, preload }: CaptureOptions): Capture {
  let waiting: OutputRecord[] = []
  let waitingSize = 0
  let isScheduled = false
  let isExiting = false

  function flush (): void {
    isScheduled = false
    if (waiting.length === 0) return
    const output = waiting
    waiting = []
    waitingSize = 0
    post({ type: 'output', output })
  }

  function take (descriptor: Descriptor, chunk: string | Uint8Array): void {
    const context = current()
    const service = writer()
    waiting.push({
      descriptor,
      chunk,
      ...(context !== undefined && { traceId: context.traceId, spanId: context.spanId }),
      ...(service !== undefined && { service })
    })
    waitingSize += chunk.length
    // The first piece goes at once: a thread that blocks or is terminated right after it said why must have been heard.
    if (!isScheduled || isExiting || waitingSize > batchLimit) flush()
    if (!isScheduled && !isExiting) {
      isScheduled = true
      setImmediate(flush)
    }
  }

  patchStream(process.stdout, 1, take)
  patchStream(process.stderr, 2, take)
  patchFileSystem(fs, take)
  patchWorkers(workerThreads, preload)
  // `import { writeSync } from 'node:fs'` sees the patched functions too.
  syncBuiltinESMExports()
  // The service's own exit handlers come later and may still write.
  process.on('exit', () => {
    isExiting = true
    flush()
  })
  return { flush }
}

/** Below `write`, so that callbacks, encodings, `cork` and errors after `end` stay the stream's own business. */
function patchStream (stream: NodeJS.WriteStream, descriptor: Descriptor, take: (descriptor: Descriptor, chunk: string | Uint8Array) => void): void {
  const takeOne = (chunk: string | Uint8Array, encoding: BufferEncoding): void => {
    if (typeof chunk !== 'string') take(descriptor, new Uint8Array(chunk))
    else take(descriptor, isUtf8(encoding) ? chunk : new Uint8Array(Buffer.from(chunk, encoding)))
  }
  stream._write = (chunk: string | Uint8Array, encoding, done) => {
    takeOne(chunk, encoding)
    done()
  }
  stream._writev = (chunks, done) => {
    for (const { chunk, encoding } of chunks) takeOne(chunk as string | Uint8Array, encoding)
    done()
  }
}

function isUtf8 (encoding: string | undefined): boolean {
  return encoding === undefined || encoding === 'utf8' || encoding === 'utf-8' || (encoding as string) === 'buffer'
}
