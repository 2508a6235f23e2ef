// Every runtime, most telling first. A new framework is one row here and one module that is loaded only by threads that use it.
import { dependsOn, hasCode, hasPage } from './detect.ts'
import type { Runtime } from './runtime.ts'

const serveModule: Runtime['serve'] = async (service) => (await import('./node.ts')).serve(service)

export const runtimes: readonly Runtime[] = [
  { name: 'fastify', detect: dependsOn('fastify'), serve: serveModule },
  { name: 'express', detect: dependsOn('express'), serve: serveModule },
  { name: 'koa', detect: dependsOn('koa'), serve: serveModule },
  { name: 'fetch', detect: dependsOn('hono'), serve: serveModule },
  { name: 'node', detect: hasCode, serve: serveModule },
  { name: 'static', detect: hasPage, serve: async (service) => (await import('./static.ts')).serve(service) }
]
