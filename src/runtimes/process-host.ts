// A service's child process, as its code finds it: the supervisor at the other end of a pipe, and an end that is always told of.
import { Socket } from 'node:net'
import { Bridge } from '../mesh/carry/bridge.ts'
import { Door } from '../mesh/carry/door.ts'
import type { Host } from './host.ts'
import { pipeDescriptor, type ProcessData, type ProcessMessage, type ProcessOrder } from './process-message.ts'
import { ProcessPipe } from './process-pipe.ts'
import { startReport } from './process-report.ts'
import type { ThreadOrder } from './thread.ts'

/** Resolves when the supervisor has said all that must be known before the service starts. */
export async function openProcessHost (): Promise<Host> {
  const { promise: begun, resolve: begin } = Promise.withResolvers<ProcessData>()
  const { promise: started, resolve: start } = Promise.withResolvers<void>()
  const early: ThreadOrder[] = []
  let take = (order: ThreadOrder): void => { early.push(order) }

  const pipe = new ProcessPipe(pipeDescriptor, { read: (chunk) => bridge.read(chunk), gone: endGroup })
  const bridge = new Bridge('child', {
    write: (bytes) => pipe.write(bytes),
    heard (message) {
      const order = message as ProcessOrder
      switch (order.type) {
        case 'begin': return begin(order.data)
        case 'start': return start()
        case 'order': return take(order.order)
      }
    }
  })
  const send = (message: ProcessMessage): void => bridge.send(message)

  const door = await Door.listen()
  const inspector = process.execArgv.some((flag) => flag.startsWith('--inspect=')) ? process.getBuiltinModule('node:inspector').url() : undefined
  send({ type: 'online', door: door?.meeting, ...(inspector !== undefined && { inspector }) })
  const { pageBytes, ...data } = await begun
  const page = new SharedArrayBuffer(pageBytes)
  const report = startReport(page, send)
  await started
  // None of the pipes is work of the service's own, for which its end would be waited (drain.ts).
  pipe.unref()
  for (const stream of [process.stdout, process.stderr]) if (stream instanceof Socket) stream.unref()
  // Before the service's own handlers, which may still write; that goes out at once.
  process.on('exit', () => {
    report.flush()
    bridge.drain()
    pipe.finish()
  })
  process.on('uncaughtExceptionMonitor', (thrown, origin) => tellUncaught(thrown, origin, send))
  return {
    data: { ...data, page },
    isProcess: true,
    door,
    post: (message) => send({ type: 'said', message }),
    hear (heard) {
      take = heard
      early.splice(0).forEach(take)
    }
  }
}

/** Without its supervisor a service serves nobody: it ends, with all that it started. */
function endGroup (): void {
  try {
    process.kill(-process.pid, 'SIGKILL')
  } catch {
    process.kill(process.pid, 'SIGKILL')
  }
}

/**
 * An error that nobody catches ends the process, and is told as that of a thread is: as the reason, its stack in the same record.
 * Node would now run the exit handlers and then print it; exiting here does the former alone.
 */
function tellUncaught (thrown: unknown, origin: NodeJS.UncaughtExceptionOrigin, send: (message: ProcessMessage) => void): void {
  if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) return
  // This one came first; they would not be called any more.
  for (const monitor of process.listeners('uncaughtExceptionMonitor').slice(1)) Reflect.apply(monitor, process, [thrown, origin])
  const { message, stack } = thrown instanceof Error ? thrown : { message: String(thrown), stack: undefined }
  send({ type: 'threw', error: { message, ...(stack !== undefined && { stack }) } })
  process.exit(1)
}
