// What runs a service's code: a worker thread of the supervisor's process, or a child process of its own.
import { parentPort, workerData } from 'node:worker_threads'
import type { Door } from '../mesh/carry/door.ts'
import type { ThreadData, ThreadMessage, ThreadOrder } from './thread.ts'

export interface Host {
  data: ThreadData
  /** The OS gives it a working directory, a title and signals of its own; and its end is no one else's. */
  isProcess: boolean
  /** Where a process is met by others of the mesh. */
  door?: Door | undefined
  post: (message: ThreadMessage) => void
  /** Once. That the supervisor may say something is no reason to live. */
  hear: (heard: (order: ThreadOrder) => void) => void
}

/**
 * Not by an `await` of the module: V8 (of Node 26) ends the whole process when a thread is terminated, or exits, while it runs a
 * module that waited for another one's (AsyncModuleExecutionFulfilled, "Check failed: !is_null()"); a service is run by one.
 */
export function openHost (opened: (host: Host) => void): void {
  if (parentPort !== null) return opened(threadHost(parentPort, workerData as ThreadData))
  // A child process has no parent port; its pipe is opened by code that threads need not load.
  import('./process-host.ts').then(({ openProcessHost }) => openProcessHost()).then(opened)
    .catch((thrown: unknown) => process.nextTick(() => { throw thrown }))
}

function threadHost (supervisor: NonNullable<typeof parentPort>, data: ThreadData): Host {
  return {
    data,
    isProcess: false,
    post: (message) => supervisor.postMessage(message),
    hear (heard) {
      supervisor.on('message', heard)
      supervisor.unref()
    }
  }
}
