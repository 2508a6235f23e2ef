// A server whose app does not know by which prefix browsers reach it: what comes without it, and redirects that lack it, get it.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { withBase, withinBasePath } from './page-request.ts'

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
  const { setHeader, writeHead } = response
  const complete = <Value>(name: string, value: Value): Value | string =>
    typeof value === 'string' && name.toLowerCase() === 'location' ? withinBasePath(value, basePath) : value
  response.setHeader = function (name, value) { return setHeader.call(this, name, complete(name, value)) }
  // Fields that are given here do not come by setHeader.
  response.writeHead = function (...args: unknown[]) {
    const fields = args.at(-1)
    if (isFields(fields)) args[args.length - 1] = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, complete(name, value)]))
    return Reflect.apply(writeHead, this, args)
  }
}

function isFields (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
