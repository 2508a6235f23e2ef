// cluster.fork() of a program: the supervisor is the primary of a WattApp, and starts as many workers as `workers` says. So the first
// fork() runs the program once more, in this same worker, which is a cluster worker from then on; what forked it is told of a worker
// that lives.
import cluster, { type Worker } from 'node:cluster'
import { EventEmitter } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import { PassThrough } from 'node:stream'

/** What takes the place of cluster.fork(). `again` runs the program's entry; `refused` is thrown at a worker that forks. */
export function forkOnce (again: () => void, refused: () => Error): () => Worker {
  let forks = 0
  let isWorker = false

  function begin (): void {
    isWorker = true
    // What a forked process finds: https://nodejs.org/api/cluster.html
    process.env.NODE_UNIQUE_ID = '1'
    Object.assign(process, { send: () => true, connected: true, disconnect () {} })
    Object.assign(cluster, { isPrimary: false, isMaster: false, isWorker: true, worker: createWorker(1) })
    syncBuiltinESMExports()
    again()
  }

  return () => {
    if (isWorker) throw refused()
    const worker = createWorker(++forks)
    const { workers } = cluster
    if (workers !== undefined) workers[worker.id] = worker
    process.nextTick(() => cluster.emit('fork', worker))
    // After all that the primary does in this turn.
    setImmediate(() => {
      worker.emit('online')
      cluster.emit('online', worker)
      if (!isWorker) begin()
    })
    return worker
  }
}

/** It neither ends nor speaks: it is this one. */
function createWorker (id: number): Worker {
  const child = Object.assign(new EventEmitter(), { pid: process.pid, connected: true, killed: false, exitCode: null, stdin: null, stdout: new PassThrough(), stderr: new PassThrough(), send: () => true, kill: () => true, disconnect () {} })
  const worker = Object.assign(new EventEmitter(), { id, process: child, exitedAfterDisconnect: false, send: () => true, kill () {}, destroy () {}, disconnect: () => worker, isConnected: () => true, isDead: () => false })
  return worker as unknown as Worker
}
