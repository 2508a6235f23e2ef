// Writes text to a descriptor without ever blocking the thread, in order, bounded while the reader is slow.
import fs from 'node:fs'

/** Bytes that may wait for the reader; what comes then is dropped, whole records at a time. */
const maxWaitingBytes = 16 * 1024 * 1024
/** A pipe that is full and non-blocking says EAGAIN; it has no event of its own here. */
const retryMs = 20

export interface DescriptorWriter {
  /** False: dropped, because too much waits already. */
  write: (text: string) => boolean
  /** Resolves when what was written before is out, or cannot be. */
  flush: () => Promise<void>
  /** Writes what waits, now; when the process ends. */
  flushSync: () => void
}

/** All text of one turn of the event loop goes out as one write. */
export function createDescriptorWriter (descriptor: number): DescriptorWriter {
  let waiting: string[] = []
  let waitingBytes = 0
  let isScheduled = false
  let current: Buffer | undefined
  let isBroken = false
  let idle: Array<() => void> = []

  function next (): void {
    isScheduled = false
    if (current !== undefined) return
    if (waiting.length === 0 || isBroken) {
      const resolves = idle
      idle = []
      for (const resolve of resolves) resolve()
      return
    }
    current = Buffer.from(waiting.join(''))
    waiting = []
    waitingBytes = 0
    write()
  }

  function write (): void {
    if (current === undefined) return next()
    fs.write(descriptor, current, (error, bytes) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(write, retryMs)
        return
      }
      // EPIPE and the like: nobody reads any more, and there is no place left to say so.
      if (error !== null) isBroken = true
      current = error !== null || current === undefined || bytes >= current.length ? undefined : current.subarray(bytes)
      if (current === undefined) next()
      else write()
    })
  }

  function schedule (): void {
    if (isScheduled || current !== undefined) return
    isScheduled = true
    setImmediate(next)
  }

  return {
    write (text) {
      if (isBroken || waitingBytes > maxWaitingBytes) return false
      waiting.push(text)
      // UTF-16 length: near enough for a bound.
      waitingBytes += text.length
      schedule()
      return true
    },
    flush: () => new Promise((resolve) => {
      idle.push(resolve)
      schedule()
    }),
    flushSync () {
      // A write under way in the thread pool may still finish it: a piece twice is better than a piece lost.
      if (isBroken) return
      let rest = Buffer.concat([current ?? Buffer.alloc(0), Buffer.from(waiting.join(''))])
      waiting = []
      waitingBytes = 0
      for (let attempt = 0; rest.length > 0 && attempt < 50;) {
        try {
          rest = rest.subarray(fs.writeSync(descriptor, rest))
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
          attempt++
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs)
        }
      }
    }
  }
}
