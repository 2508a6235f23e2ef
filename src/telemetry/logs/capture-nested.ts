// In a thread that a service starts: what it writes to descriptors 1 and 2 goes to its process.stdout and stderr.
import fs from 'node:fs'
import workerThreads from 'node:worker_threads'
import { patchFileSystem } from './capture-fs.ts'
import { patchWorkers } from './capture-workers.ts'

/**
 * Whoever calls it calls syncBuiltinESMExports() as well.
 * @param preload for the threads that this one starts
 */
export function captureNested (preload?: string): void {
  patchFileSystem(fs, (descriptor, chunk) => { (descriptor === 1 ? process.stdout : process.stderr).write(chunk) })
  patchWorkers(workerThreads, preload)
}
