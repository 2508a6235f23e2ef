// Loaded before the supervisor's main program: SIGUSR2 ends a gateway thread from outside, as an error in it would.
import { createRequire, syncBuiltinESMExports } from 'node:module'
import type { Worker as NodeWorker, WorkerOptions } from 'node:worker_threads'

const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof NodeWorker }
const gateways: NodeWorker[] = []

threads.Worker = class extends threads.Worker {
  constructor (file: string | URL, options?: WorkerOptions) {
    super(file, options)
    if (options?.name?.startsWith('gateway') === true) gateways.push(this)
  }
}
syncBuiltinESMExports()

process.on('SIGUSR2', () => {
  const [gateway] = gateways.splice(0, 1)
  gateway?.terminate().catch(() => {})
})
