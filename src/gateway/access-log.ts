// One log record a request from outside, when it is switched on. Names are those of OpenTelemetry's HTTP conventions.
// They go to the main thread as they are to be printed, many at once: to read them there and print them anew would cost more than
// the rest of what it does.
import { withinQuotes } from '../base/one-line.ts'
import type { GatewayMessage } from './thread.ts'

export interface AccessEntry {
  method: string
  /** As it was asked for, without the query: that is where people put secrets. */
  path: string
  /** 0: the client left before there was one. */
  status: number
  /** Of the answer's body, as they were sent. */
  bodyBytes: number
  startEpochMs: number
  durationMs: number
  /** Empty: the gateway answered by itself. */
  service: string
  /** The prefix that matched; empty: none. */
  route: string
  client: string
  userAgent: string
  requestId: string
  traceId: string
  spanId: string
}

export interface AccessLog {
  add: (entry: AccessEntry) => void
  /** Sends what is still waiting. */
  flush: () => void
}

/** Whose records they are. */
export interface AccessSource { app: string, worker: number }

/** Lines wait no longer than this, and are no longer together than that. */
const waitMs = 50
const batchLength = 64 * 1024

export function createAccessLog (source: AccessSource, post: (message: GatewayMessage) => void): AccessLog {
  const lineOf = createLines(source)
  let lines = ''
  let timer: NodeJS.Timeout | undefined

  function flush (): void {
    clearTimeout(timer)
    timer = undefined
    if (lines === '') return
    const text = lines
    lines = ''
    post({ type: 'accessLog', lines: text })
  }

  return {
    add (entry) {
      lines += lineOf(entry)
      if (lines.length > batchLength) flush()
      else timer ??= setTimeout(flush, waitMs)
    },
    flush
  }
}

/** Makes records as telemetry/logs/record.ts prints them, newline included. What one has in common with the one before is made once. */
export function createLines ({ app, worker }: AccessSource): (entry: AccessEntry) => string {
  const source = `"app":"${withinQuotes(app)}","service":"gateway","worker":${worker}`
  let client: string | undefined
  let userAgent = ''
  let from = ''
  let service: string | undefined
  let route = ''
  let to = ''
  let timeMs = Number.NaN
  let time = ''

  return (entry) => {
    if (entry.client !== client || entry.userAgent !== userAgent) {
      ({ client, userAgent } = entry)
      from = `,"client.address":"${withinQuotes(client)}"${optional('user_agent.original', userAgent)}`
    }
    if (entry.service !== service || entry.route !== route) {
      ({ service, route } = entry)
      to = optional('wattapp.service', service) + optional('http.route', route)
    }
    const startMs = Math.floor(entry.startEpochMs)
    if (startMs !== timeMs) {
      timeMs = startMs
      time = new Date(startMs).toISOString()
    }
    const { status, bodyBytes, durationMs, requestId, traceId, spanId } = entry
    const method = withinQuotes(entry.method)
    const path = withinQuotes(entry.path)
    return `{"time":"${time}","level":"info","msg":"${method} ${path === '' ? '-' : path} ${status === 0 ? 'aborted' : status}",${source}` +
      `${traceId === '' ? '' : `,"trace_id":"${traceId}"`}${spanId === '' ? '' : `,"span_id":"${spanId}"`}` +
      `,"http.request.method":"${method}","url.path":"${path}"${status === 0 ? '' : `,"http.response.status_code":${status}`}` +
      `,"http.response.body.size":${bodyBytes},"http.server.request.duration":${(durationMs / 1000).toFixed(6)}${to}${from}${optional('request_id', requestId)}}\n`
  }
}

function optional (name: string, value: string): string {
  return value === '' ? '' : `,"${name}":"${withinQuotes(value)}"`
}
