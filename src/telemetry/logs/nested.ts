// Preloaded into every thread that a service starts: what it writes to descriptors 1 and 2 goes to its process.stdout and stderr.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import workerThreads from 'node:worker_threads'
import { patchFileSystem } from './capture-fs.ts'
import { patchWorkers } from './capture-workers.ts'

patchFileSystem(fs, (descriptor, chunk) => { (descriptor === 1 ? process.stdout : process.stderr).write(chunk) })
patchWorkers(workerThreads)
syncBuiltinESMExports()
