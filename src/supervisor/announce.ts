// Everything that happens to workers, told once in each form: a log record, an event, a counter.
import type { Collector } from '../telemetry/expose/collect.ts'
import type { Log } from './log.ts'
import type { Readiness } from './group-worker.ts'
import type { SupervisorEvent } from './supervisor.ts'
import type { WorkerExit } from './worker.ts'

export interface Announcer {
  serviceReady: (service: string, worker: number, readiness: Readiness, startedInMs: number) => void
  serviceListens: (service: string, worker: number, readiness: Readiness) => void
  /** Of workers: `service` is the thread's name where several share it. */
  workerExited: (service: string, exit: WorkerExit) => void
  newcomerExited: (service: string, exit: WorkerExit) => void
  workerRestarted: (service: string, exit: WorkerExit) => void
  /** By the load. */
  scaled: (service: string, from: number, to: number, reason: string) => void
  recycled: (service: string, worker: number, reason: string) => void
  /** It is to be replaced, and serves until then. */
  unfit: (service: string, exit: WorkerExit) => void
  /** Its hash has changed, and its files have not. */
  sourceLate: () => void
  adminListens: (url: string) => void
  gatewayListens: (url: string) => void
  gatewayExited: (exit: WorkerExit) => void
  threadAbandoned: (service: string, worker: number, total: number) => void
  /** Causes of not being ready; tells only what has changed. */
  readiness: (causes: string[]) => void
  /** Absent: traces reach their collector again. */
  spanExport: (error: string | undefined) => void
  draining: () => void
}

export interface AnnouncerPorts { log: Log, emit: (event: SupervisorEvent) => void, collector: Collector }

export function createAnnouncer ({ log, emit, collector }: AnnouncerPorts): Announcer {
  // A pod begins not ready, which nobody needs to be told.
  let told = 'starting'
  return {
    serviceReady (service, worker, { runtime, reason, otherServers }, ms) {
      const startedInMs = Math.round(ms)
      log('info', `service "${service}" is ready after ${startedInMs} ms (${runtime}: ${reason})`, { service, worker, runtime, startedInMs, ...(otherServers.length > 0 && { otherServers }) })
      emit({ type: 'workerReady', service, worker, runtime, runtimeReason: reason, startedInMs, otherServers })
    },

    serviceListens (service, worker, { runtime, otherServers }) {
      log('info', `service "${service}" listens now and can be called`, { service, worker, runtime, ...(otherServers.length > 0 && { otherServers }) })
    },

    workerExited (service, exit) {
      const { thread: worker, reason, message, hint = '', stack, retryInMs, isCrashLoop } = exit
      if (reason === 'stopped') return log('info', `service "${service}" stopped a worker`, { service, worker, reason })
      log('error', `service "${service}" lost a worker (${reason}): ${message}; ${whenNext(exit)}`, { service, worker, reason, ...fieldsOf(exit) })
      emit({ type: 'workerExited', service, worker, reason, message, hint, ...(stack !== undefined && { stack }), ...(retryInMs !== undefined && { retryInMs }), isCrashLoop })
    },

    newcomerExited (service, exit) {
      const { thread: worker, reason, message } = exit
      log('error', `a new worker of service "${service}" did not become ready (${reason}): ${message}; the one that it was to replace stays`, { service, worker, reason, ...fieldsOf(exit) })
    },

    workerRestarted (service, { reason }) {
      collector.recorder.counter('wattapp_worker_restarts_total', { service, reason }).add()
    },

    scaled (service, from, to, reason) {
      log('info', `service "${service}" goes from ${from} to ${to} worker${to === 1 ? '' : 's'}: ${reason}`, { service, from, to })
      emit({ type: 'workersScaled', service, from, to, reason })
    },

    recycled (service, worker, reason) {
      log('info', `service "${service}" replaces a worker: ${reason}`, { service, worker })
      emit({ type: 'workerRecycled', service, worker, reason })
    },

    unfit (service, exit) {
      const { thread: worker, reason, message } = exit
      log('error', `service "${service}" replaces a worker (${reason}): ${message}`, { service, worker, reason, ...fieldsOf(exit) })
      emit({ type: 'workerRecycled', service, worker, reason: message })
    },

    sourceLate () {
      log('warn', 'new code was announced, but the mounted files of the source have not changed; workers are replaced all the same')
    },

    adminListens (url) {
      log('info', `the admin server listens on ${url}`, { url })
    },

    gatewayListens (url) {
      log('info', `the gateway listens on ${url}`, { url })
      emit({ type: 'listening', url })
    },

    gatewayExited (exit) {
      if (exit.reason === 'stopped') return log('info', 'the gateway has stopped')
      log('error', `the gateway ended (${exit.reason}): ${exit.message}; ${whenNext(exit)}`, { reason: exit.reason, ...fieldsOf(exit) })
    },

    threadAbandoned (service, worker, total) {
      log('error', `a thread of service "${service}" hangs in a native call and is given up; ${total} of such in this pod`, { service, worker })
      emit({ type: 'threadAbandoned', service, worker, total })
    },

    readiness (causes) {
      const now = causes.length === 0 ? 'ready' : causes.join('; ')
      if (now === told || (told === 'starting' && causes.length > 0)) return
      told = now
      if (causes.length === 0) {
        log('info', 'the app is ready')
        emit({ type: 'ready' })
      } else {
        log('warn', `the app is not ready: ${now}`)
        emit({ type: 'notReady', causes })
      }
    },

    spanExport (error) {
      if (error === undefined) log('info', 'traces reach their collector again')
      else log('warn', `traces do not reach their collector: ${error}`, { hint: 'check spec.observability.tracing.endpoint; the app itself goes on' })
    },

    draining () {
      log('info', 'draining: no longer ready, finishing what is in flight')
      emit({ type: 'draining' })
    }
  }
}

function whenNext ({ retryInMs, isCrashLoop }: WorkerExit): string {
  if (retryInMs === undefined) return 'it is not started again'
  return isCrashLoop ? `in crash loop, tried again in ${retryInMs} ms` : `started again in ${retryInMs} ms`
}

/** The stack in the record of its exit, not in lines of its own. */
function fieldsOf ({ code, hint, stack }: WorkerExit): object {
  return { ...(code !== undefined && { code }), ...(hint !== undefined && { hint }), ...(stack !== undefined && { stack }) }
}
