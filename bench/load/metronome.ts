// A thread that says a word at even times. Timers of the event loop know milliseconds; a futex knows microseconds.
import { parentPort, workerData } from 'node:worker_threads'

const { intervalMs, beats } = workerData as { intervalMs: number, beats: number }
const cell = new Int32Array(new SharedArrayBuffer(4))
const beginMs = performance.now()

for (let beat = 0; beat < beats; beat++) {
  const leftMs = beginMs + beat * intervalMs - performance.now()
  if (leftMs > 0) Atomics.wait(cell, 0, 0, leftMs)
  parentPort?.postMessage(beat)
}
