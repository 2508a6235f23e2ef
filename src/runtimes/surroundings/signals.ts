// Signals that a service sends to itself, and the one that it is sent when it drains. The process belongs to all services.
import { constants } from 'node:os'

/** Ignored by default; every other signal ends a process (signal(7)). */
const harmless: ReadonlySet<string> = new Set(['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH'])

/** `process.kill(process.pid, …)` means this thread alone: its own handlers, or its own end with the exit code of a shell. */
export function ownSignals (): void {
  const kill = process.kill.bind(process)
  process.kill = (pid, signal = 'SIGTERM') => {
    const name = typeof signal === 'number' ? nameOf(signal) : signal
    // Unknown names keep Node's own error, and 0 only asks.
    if (pid !== process.pid || name === undefined || !isSignal(name)) return kill(pid, signal)
    const isHandled = name !== 'SIGKILL' && process.emit(name, name, constants.signals[name])
    if (!isHandled && !harmless.has(name)) process.exit(128 + constants.signals[name])
    return true
  }
}

/**
 * Runs the service's handlers of a signal. In a thread no one but us ever does: registering one only adds a listener.
 * Undefined: there are none. Else resolves when those that gave a promise have settled.
 */
export function raise (signal: NodeJS.Signals): Promise<unknown> | undefined {
  // Raw, so that a handler added by `once` is gone when it runs, as its code may check.
  const handlers = process.rawListeners(signal)
  if (handlers.length === 0) return undefined
  return Promise.all(handlers.map((handler): unknown => Reflect.apply(handler, process, [signal, constants.signals[signal]])))
}

function nameOf (number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0]
}

function isSignal (name: string): name is NodeJS.Signals {
  return name in constants.signals
}
