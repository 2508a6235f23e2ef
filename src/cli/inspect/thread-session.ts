// A debugger of one worker thread: a session of this thread's own inspector, which reaches workers by its domain NodeWorker
// (https://chromedevtools.github.io/devtools-protocol/v8/NodeWorker). This thread itself is never stopped by it.
import { Session } from 'node:inspector'
import { MessageChannel } from 'node:worker_threads'
import type { DebugSession, SessionEvents } from './session.ts'

/** `threadId`: Node's number of it. A session a debugger: what one of them sets and forgets is nothing to the others. */
export function openThreadSession (threadId: number, { message, closed }: SessionEvents): DebugSession {
  const session = new Session()
  const turns = new Turns()
  const waiting: string[] = []
  let worker: string | undefined
  let isClosed = false

  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
    // Every worker is announced to every session, those to come too. `workerId` counts a session's announcements; the thread is in the title.
    if (!workerInfo.title.startsWith(`[worker ${threadId}]`)) return session.post('NodeWorker.detach', { sessionId })
    worker = sessionId
    for (const text of waiting.splice(0)) session.post('NodeWorker.sendMessageToWorker', { sessionId, message: text })
  })
  session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
    if (params.sessionId === worker) turns.add(() => message(params.message))
  })
  session.on('NodeWorker.detachedFromWorker', ({ params }) => {
    if (params.sessionId !== worker) return
    turns.add(() => {
      close()
      closed()
    })
  })
  session.connect()
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })

  function close (): void {
    if (isClosed) return
    isClosed = true
    // Disconnecting alone leaves a worker that stands where it is.
    if (worker !== undefined) session.post('NodeWorker.detach', { sessionId: worker })
    session.disconnect()
    turns.close()
  }

  return {
    send (text) {
      if (isClosed) return
      if (worker === undefined) waiting.push(text)
      else session.post('NodeWorker.sendMessageToWorker', { sessionId: worker, message: text })
    },
    close
  }
}

/** While it lasts, threads can wait for a debugger: Node lets none wait to whom nobody listens. */
export function listenToThreads (): { close: () => void } {
  const session = new Session()
  session.connect()
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
  return { close: () => session.disconnect() }
}

/**
 * Turns of the event loop for what a session hears. Node calls its listeners wherever the JavaScript of this thread happens to be, as
 * interrupts of V8: a tick that is asked for from there, while the loop is about to note that none is left, is never run, nor is
 * any after it. So what others do with it is put by, and the loop is woken by a port: that needs no list of Node's in JavaScript, as
 * posting to the session needs none.
 */
class Turns {
  readonly #tasks: Array<() => void> = []
  readonly #wake = new MessageChannel()

  constructor () {
    this.#wake.port2.on('message', () => {
      for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task()
    }).unref()
  }

  add (task: () => void): void {
    if (this.#tasks.push(task) === 1) this.#wake.port1.postMessage(undefined)
  }

  /** What is put by is told no more. */
  close (): void {
    this.#tasks.length = 0
    this.#wake.port1.close()
  }
}
