// How an app on this machine leaves: in order at the first signal, at once at the second.
import type { Lifetime } from '../../base/lifetime.ts'
import { endProcess } from '../../supervisor/exit.ts'
import type { Supervisor } from '../../supervisor/supervisor.ts'
import type { Sink } from '../../telemetry/logs/sink.ts'

export interface Leaving { supervisor: Supervisor | undefined, threadAbandoned: (total: number) => void }

/** The first signal drains in order and exits 0; a second one ends at once, as the shell's own 130. */
export function leaveOnSignals (life: Lifetime, sink: Sink): Leaving {
  let isLeaving = false
  let hasAbandonedThreads = false

  async function leave (code: number): Promise<never> {
    isLeaving = true
    let exitCode = code
    try {
      await leaving.supervisor?.drain()
    } catch {
      exitCode = 1
    }
    await life.close().catch(() => {})
    await sink.flush()
    return endProcess(exitCode, hasAbandonedThreads)
  }

  function onSignal (): void {
    if (!isLeaving) {
      leave(0).catch(() => endProcess(1, hasAbandonedThreads))
      return
    }
    life.close().catch(() => {}).finally(() => {
      sink.flushSync()
      endProcess(130, hasAbandonedThreads)
    }).catch(() => {})
  }

  const leaving: Leaving = {
    supervisor: undefined,
    threadAbandoned (total) {
      hasAbandonedThreads = true
      // With a second one, what runs in this process is no longer ours to say.
      if (total > 1 && !isLeaving) leave(1).catch(() => endProcess(1, true))
    }
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  process.on('SIGHUP', onSignal)
  return leaving
}
