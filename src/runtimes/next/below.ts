// A server whose app does not know by which prefix browsers reach it: what comes without it, and redirects that lack it, get it.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { withBase } from '../page-request.ts'
import { withinBasePath } from './base-path.ts'

/** Another service's call may leave the prefix out, and a route's `rewrite` cuts it off. */
export function serveBelow (server: Server, basePath: string): void {
  const complete = (request: IncomingMessage): void => { request.url = withBase(request.url ?? '/', basePath) }
  server.prependListener('upgrade', complete)
  server.prependListener('request', (request, response) => {
    complete(request)
    completeRedirect(response, basePath)
  })
}

function completeRedirect (response: ServerResponse, basePath: string): void {
  const { setHeader } = response
  response.setHeader = function (name, value) {
    const isRedirect = typeof value === 'string' && name.toLowerCase() === 'location'
    return setHeader.call(this, name, isRedirect ? withinBasePath(value, basePath) : value)
  }
}
