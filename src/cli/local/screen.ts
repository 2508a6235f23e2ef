// What `wattapp run` tells a person: the URL, one line a service, restarts. Pure but for colour, which is given.
import type { SupervisorEvent } from '../../supervisor/supervisor.ts'
import { prettyFormat } from '../../telemetry/logs/pretty.ts'
import { isLoud, type LogRecord } from '../../telemetry/logs/record.ts'
import { harmless, type Paint } from '../output.ts'
import type { Mount } from './mounts.ts'

export interface ScreenOptions { app: string, services: readonly string[], paint: Paint, isDevelopment?: boolean }

/** Each event's lines. They come in a person's order: nothing is ready before its address is known, or while it leaves. */
export function createScreen ({ app, services, paint, isDevelopment = false }: ScreenOptions): (event: SupervisorEvent) => string[] {
  const width = Math.max(...services.map(({ length }) => length))
  const named = (service: string): string => paint('bold', service.padEnd(width))
  const ready = `${paint('bold', app)} is ${paint('green', 'ready')}; Ctrl+C stops it`
  let isListening = false
  let isReady = false
  let hasBeenReady = false
  let isDraining = false

  return (event) => {
    switch (event.type) {
      case 'listening': {
        isListening = true
        return [`${paint('bold', app)} is on ${paint('green', event.url)}`, ...isReady ? [ready] : []]
      }
      case 'workerReady': {
        const others = event.otherServers.length === 0 ? '' : `; also listens on ${event.otherServers.join(', ')}`
        return [`  ${named(event.service)}  ${paint('green', 'ready')} in ${event.startedInMs} ms, ${event.runtime}: ${harmless(event.runtimeReason + others)}`]
      }
      case 'workerExited': {
        const next = event.retryInMs === undefined ? 'waits for a change' : `${event.isCrashLoop ? 'in crash loop, tried again' : 'starts again'} in ${event.retryInMs} ms`
        const remedy = event.hint === '' ? [] : [`  ${''.padEnd(width)}  ${paint('green', 'remedy:')} ${harmless(event.hint)}`]
        return [`  ${named(event.service)}  ${paint('red', 'ended')} (${event.reason}): ${harmless(event.message)}; ${next}`, ...remedy]
      }
      case 'workersScaled': return [`  ${named(event.service)}  ${event.to} worker${event.to === 1 ? '' : 's'} now, ${event.from} before: ${event.reason}`]
      case 'workerRecycled': return [`  ${named(event.service)}  replaces a worker: ${harmless(event.reason)}`]
      case 'ready': {
        const wasReady = hasBeenReady
        hasBeenReady = isReady = true
        return isListening && !isDraining && !(isDevelopment && wasReady) ? [ready] : []
      }
      case 'notReady': {
        isReady = false
        // Each change of a file makes it so.
        return isListening && !isDraining && !isDevelopment ? [`${paint('bold', app)} is ${paint('yellow', 'not ready')}: ${harmless(event.causes.join('; '))}`] : []
      }
      case 'draining': {
        isDraining = true
        return [`${paint('bold', app)} is stopping; Ctrl+C again ends it at once`]
      }
      case 'threadAbandoned': return [`  ${named(event.service)}  ${paint('red', 'hangs')} in a native call; its thread is given up`]
      case 'configApplied':
      case 'configRefused': return []
    }
  }
}

/** Records that say what the lines say; those of a worker's end stay, for their stack. */
export function isToldByLines ({ service, level, reason, startedInMs }: LogRecord): boolean {
  return (service === 'supervisor' && !isLoud(level, 'error')) || reason === 'stopped' || startedInMs !== undefined
}

/** Where the volumes are; nothing for the app's own folder. */
export function mountLines (mounts: readonly Mount[], relative: (folder: string) => string, paint: Paint): string[] {
  return mounts.filter(({ mountPath }) => mountPath !== '/app').map(({ mountPath, folder }) => `  ${paint('dim', `${mountPath} is ${relative(folder)}`)}`)
}

/** Records as a person reads them, in local time. */
export function recordsForPeople (env: Readonly<Record<string, string | undefined>>): (record: LogRecord) => string {
  const hasColor = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  return prettyFormat({ hasColor, offsetMs: -new Date().getTimezoneOffset() * 60_000 })
}
