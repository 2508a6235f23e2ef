// One log record a request from outside, when it is switched on. Names are those of OpenTelemetry's HTTP conventions.
// They go to the main thread as they are to be printed, many at once: to read them there and print them anew would cost more than
// the rest of what it does.
import { oneLine } from '../base/one-line.ts'
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
      lines += lineOf(entry, source)
      if (lines.length > batchLength) flush()
      else timer ??= setTimeout(flush, waitMs)
    },
    flush
  }
}

/** One record as telemetry/logs/record.ts prints them, newline included. */
export function lineOf ({ method, path, status, bodyBytes, startEpochMs, durationMs, service, route, client, userAgent, requestId, traceId, spanId }: AccessEntry, { app, worker }: AccessSource): string {
  const msg = JSON.stringify(`${method} ${path === '' ? '-' : path} ${status === 0 ? 'aborted' : status}`)
  let line = `{"time":"${new Date(startEpochMs).toISOString()}","level":"info","msg":${msg},"app":${JSON.stringify(app)},"service":"gateway","worker":${worker}`
  if (traceId !== '') line += `,"trace_id":"${traceId}"`
  if (spanId !== '') line += `,"span_id":"${spanId}"`
  line += `,"http.request.method":${JSON.stringify(method)},"url.path":${JSON.stringify(path)}`
  if (status > 0) line += `,"http.response.status_code":${status}`
  line += `,"http.response.body.size":${bodyBytes},"http.server.request.duration":${(durationMs / 1000).toFixed(6)}`
  if (service !== '') line += `,"wattapp.service":${JSON.stringify(service)}`
  if (route !== '') line += `,"http.route":${JSON.stringify(route)}`
  line += `,"client.address":${JSON.stringify(client)}`
  if (userAgent !== '') line += `,"user_agent.original":${JSON.stringify(userAgent)}`
  if (requestId !== '') line += `,"request_id":${JSON.stringify(requestId)}`
  return `${oneLine(line)}}\n`
}
