// Asks pods for their status on the admin port. Pods run other people's code: bounded time, bounded size, checked shape.
import { Agent } from 'undici'
import type { AppStatus, ServiceStatus, WorkerState } from '../../api/app-status.ts'
import { messageOf } from '../../base/error.ts'
import { Gate } from '../../base/gate.ts'

export interface Poller {
  /** What the pod says of itself. @throws Error whose message says why it could not be asked */
  ask: (podIP: string) => Promise<AppStatus>
  close: () => Promise<void>
}

export interface PollerOptions {
  /** Questions under way at once. */
  width?: number
  /** Longest wait for one answer, milliseconds. */
  timeoutMs?: number
  port?: number
}

const largestAnswer = 1024 * 1024

export function createPoller ({ width = 32, timeoutMs = 2_000, port = 9464 }: PollerOptions = {}): Poller {
  const gate = new Gate(width)
  const agent = new Agent({
    connect: { timeout: timeoutMs }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connections: 1, maxResponseSize: largestAnswer, allowH2: false
  })

  return {
    ask: async (podIP) => await gate.run(async () => {
      const origin = `http://${podIP.includes(':') ? `[${podIP}]` : podIP}:${port}`
      // Parts may each come in time and the whole not: one deadline over all of it.
      const signal = AbortSignal.timeout(timeoutMs)
      try {
        const { statusCode, body } = await agent.request({ origin, path: '/api/v1/status', method: 'GET', signal })
        const text = await body.text()
        if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`)
        return readStatus(JSON.parse(text))
      } catch (thrown) {
        throw new Error(`${origin}: ${signal.aborted ? `no answer within ${timeoutMs} ms` : messageOf(thrown)}`)
      }
    }),
    close: async () => await agent.destroy()
  }
}

const states = new Set<string>(['starting', 'ready', 'unhealthy', 'draining', 'backoff', 'crashLoop', 'stopped'] satisfies WorkerState[])

/** The fields that we read, of the types they should have: anybody may listen on that port. */
export function readStatus (answer: unknown): AppStatus {
  const status = record(answer)
  const { configError } = status
  return {
    app: text(status['app']),
    version: text(status['version']),
    configHash: text(status['configHash']),
    ...(configError !== undefined && { configError: { code: text(record(configError)['code']), message: text(record(configError)['message']) } }),
    ready: status['ready'] === true,
    notReady: list(status['notReady']).map(text),
    draining: status['draining'] === true,
    startedAt: text(status['startedAt']),
    services: list(status['services']).map(readService)
  }
}

function readService (answer: unknown): ServiceStatus {
  const service = record(answer)
  return {
    name: text(service['name']),
    isolation: service['isolation'] === 'process' ? 'process' : 'thread',
    runtime: text(service['runtime']),
    runtimeReason: '',
    workers: list(service['workers']).map((worker) => {
      const { id, state, restarts } = record(worker)
      return {
        id: whole(id),
        state: states.has(text(state)) ? text(state) as WorkerState : 'stopped',
        restarts: whole(restarts),
        eventLoopUtilization: 0,
        heapUsedBytes: 0,
        externalBytes: 0,
        eventLoopDelayMs: 0
      }
    }),
    desired: whole(service['desired']),
    ready: whole(service['ready']),
    restarts: whole(service['restarts']),
    required: service['required'] === true,
    memoryBytes: whole(service['memoryBytes']),
    message: text(service['message']),
    otherServers: []
  }
}

function record (value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('the answer is no app status')
  return value as Record<string, unknown>
}

function list (value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, 256) : []
}

function text (value: unknown): string {
  // One line, and short: it ends up in conditions and on terminals.
  return typeof value === 'string' ? value.slice(0, 512).replace(/[\p{Cc}]+/gu, ' ') : ''
}

function whole (value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}
