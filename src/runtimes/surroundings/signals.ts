// Signals that a service sends to itself, and the one that it is sent when it drains. The process belongs to all services.
import { constants } from 'node:os'

/** Ignored by default; every other signal ends a process (signal(7)). */
const harmless: ReadonlySet<string> = new Set(['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH'])

/** `process.kill(process.pid, …)`, and that of the own group, mean this thread alone: its own handlers, or its own end with the exit code of a shell. */
export function ownSignals (): void {
  const kill = process.kill.bind(process)
  process.kill = (pid, signal = 'SIGTERM') => {
    const name = typeof signal === 'number' ? nameOf(signal) : signal
    // Unknown names keep Node's own error, and 0 only asks.
    if (!isOwn(pid) || name === undefined || !isSignal(name)) return kill(pid, signal)
    const isHandled = name !== 'SIGKILL' && process.emit(name, name, constants.signals[name])
    if (!isHandled && !harmless.has(name)) process.exit(128 + constants.signals[name])
    return true
  }
}

export interface SignalHandler {
  /** As the service gave it. */
  listener: object
  /** May give a promise. */
  run: () => unknown
}

/** The services' handlers of a signal. In a thread no one but us ever runs them: registering one only adds a listener. */
export function handlersOf (signal: NodeJS.Signals): SignalHandler[] {
  // Raw, so that a handler added by `once` is gone when it runs, as its code may check.
  return process.rawListeners(signal).map((raw) => ({
    listener: originalOf(raw),
    run: () => Reflect.apply(raw, process, [signal, constants.signals[signal]]) as unknown
  }))
}

/** `once` wraps what it is given. */
function originalOf (raw: object): object {
  const listener: unknown = Reflect.get(raw, 'listener')
  return typeof listener === 'function' ? listener : raw
}

/** 0 and a negative number name the group (kill(2)), of which all services are. */
function isOwn (pid: number): boolean {
  return pid === process.pid || pid === 0 || pid === -process.pid
}

function nameOf (number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0]
}

function isSignal (name: string): name is NodeJS.Signals {
  return name in constants.signals
}
