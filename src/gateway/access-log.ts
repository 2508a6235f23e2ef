// One log record a request from outside, when it is switched on. Names are those of OpenTelemetry's HTTP conventions.
// They go to the main thread as lines of text, many at once: an object a request would cost more on its way than it holds.
import type { RecordMessage } from '../telemetry/record/record.ts'

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

/** Lines wait no longer than this, and are no longer together than that. */
const waitMs = 50
const batchLength = 64 * 1024

export function createAccessLog (post: (message: RecordMessage) => void): AccessLog {
  let lines = ''
  let timer: NodeJS.Timeout | undefined

  function flush (): void {
    clearTimeout(timer)
    timer = undefined
    if (lines === '') return
    const chunk = lines
    lines = ''
    post({ type: 'output', output: [{ descriptor: 1, chunk }] })
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

/** Newline included. */
export function lineOf ({ method, path, status, bodyBytes, startEpochMs, durationMs, service, route, client, userAgent, requestId, traceId, spanId }: AccessEntry): string {
  const shownPath = JSON.stringify(path)
  let line = `{"level":"info","time":${Math.round(startEpochMs)},"msg":${JSON.stringify(`${method} ${path === '' ? '-' : path} ${status === 0 ? 'aborted' : status}`)}`
  if (traceId !== '') line += `,"trace_id":"${traceId}"`
  if (spanId !== '') line += `,"span_id":"${spanId}"`
  line += `,"http.request.method":${JSON.stringify(method)},"url.path":${shownPath}`
  if (status > 0) line += `,"http.response.status_code":${status}`
  line += `,"http.response.body.size":${bodyBytes},"http.server.request.duration":${(durationMs / 1000).toFixed(6)}`
  if (service !== '') line += `,"wattapp.service":${JSON.stringify(service)}`
  if (route !== '') line += `,"http.route":${JSON.stringify(route)}`
  line += `,"client.address":${JSON.stringify(client)}`
  if (userAgent !== '') line += `,"user_agent.original":${JSON.stringify(userAgent)}`
  return requestId === '' ? `${line}}\n` : `${line},"request_id":${JSON.stringify(requestId)}}\n`
}
