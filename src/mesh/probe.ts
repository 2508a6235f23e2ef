// Asks one worker, not a service: the supervisor's health questions. Holds nothing, retries nothing.
import { type MessagePort } from 'node:worker_threads'
import { Call } from './call.ts'
import { type AcceptMessage, type DirectoryMessage, type LoadsMessage } from './control.ts'
import { Dialer } from './dial.ts'
import { Directory } from './directory.ts'
import { errors } from './errors.ts'
import { type Link } from './link.ts'
import { type Exchange, type RequestHead, type ResponseHandler } from './mesh.ts'
import { Turn } from './turn.ts'

export interface Probe {
  /** @param worker of `service`, in the mesh */
  ask: (worker: number, service: string, head: RequestHead, handler: ResponseHandler) => Exchange
  close: () => void
}

/** @param control from Switchboard.attach; nobody is to call back on it */
export function createProbe (control: MessagePort): Probe {
  const directory = new Directory()
  const dialer = new Dialer({ control, turn: new Turn(), directory, door: undefined, sharesMemory: () => false, near: () => undefined, leaving, lost })
  control.on('message', (message: DirectoryMessage | AcceptMessage | LoadsMessage) => {
    if (message.type !== 'directory') return
    directory.update(message)
    for (const link of dialer.links()) if (!directory.isAlive(link.worker)) link.abandon()
  })
  control.unref()

  function leaving (link: Link): void {
    dialer.forget(link)
  }

  function lost (link: Link, calls: Call[]): void {
    dialer.forget(link)
    for (const call of calls) call.fail(errors.WATT_WORKER_LOST(call.service))
  }

  return {
    ask (worker, service, head, handler) {
      const call = new Call(service, head, head.headers, null, handler, { over: () => {} }, 0)
      dialer.dial(worker).send(call)
      return call
    },
    close () {
      for (const link of dialer.links()) link.abandon()
      control.close()
    }
  }
}
