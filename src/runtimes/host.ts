// What runs a service's code: a worker thread of the supervisor's process, or a child process of its own.
import { parentPort, workerData } from 'node:worker_threads'
import type { ThreadData, ThreadMessage, ThreadOrder } from './thread.ts'

export interface Host {
  data: ThreadData
  /** The OS gives it a working directory, a title and signals of its own; and its end is no one else's. */
  isProcess: boolean
  post: (message: ThreadMessage) => void
  /** Once. That the supervisor may say something is no reason to live. */
  hear: (heard: (order: ThreadOrder) => void) => void
}

/** A child process has no parent port; its pipe is opened by code that threads need not load. */
export const host: Host = parentPort === null
  ? await (await import('./process-host.ts')).openProcessHost()
  : threadHost(parentPort, workerData as ThreadData)

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
