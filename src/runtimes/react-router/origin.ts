// Scheme and host of a request as the browser knows them. The framework refuses a form whose Origin is another than that of `request.url`.
import type { IncomingMessage } from 'node:http'

/** The gateway says them of each request from outside, and lets nobody else's word pass; services of the app say none. */
export function forwardedOrigin ({ headers }: IncomingMessage): string {
  const scheme = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'
  const host = headers['x-forwarded-host']
  return `${scheme}://${typeof host === 'string' && host !== '' ? host : headers.host ?? 'localhost'}`
}
