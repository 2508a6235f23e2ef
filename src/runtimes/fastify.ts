// Runtime `fastify`: an instance that the service made, or a plugin for one that is made here with the service's own fastify.
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { withCause } from '../base/error.ts'
import { errors } from './errors.ts'

/** The parts of https://fastify.dev/docs/latest/Reference/Server/ that are used here. */
export interface FastifyInstance {
  server: Server
  register: (plugin: unknown, options: object) => unknown
  listen: (options: object) => Promise<string>
  close: () => Promise<void>
}

interface Fastify {
  (options: object): FastifyInstance
  /** Where it is, `disableRequestLogging` as an option of Fastify itself warns (FSTDEP023). */
  LogController?: new (options: object) => object
}

/** @throws WATT_RUNTIME_FASTIFY_MISSING */
export async function createForPlugin (service: string, path: string, plugin: unknown, options: unknown): Promise<FastifyInstance> {
  const fastify = resolveFastify(service, path)
  const own = typeof options === 'object' && options !== null ? options : {}
  const app = fastify({ logger: { level: process.env.LOG_LEVEL ?? 'info' }, ...requestLogging(fastify, own), ...own })
  await app.register(plugin, {})
  return app
}

/** Off: the gateway and the mesh count and trace every request already. */
function requestLogging ({ LogController }: Fastify, own: object): object {
  // Fastify takes one of the two, and both are the service's to choose.
  if ('logController' in own || 'disableRequestLogging' in own) return {}
  return LogController === undefined ? { disableRequestLogging: true } : { logController: new LogController({ ...own, disableRequestLogging: true }) }
}

/** Its own listen, so that its hooks run (onReady, onListen). Node listens once on an address: never on `localhost`, which has two. */
export async function listenFastify (app: FastifyInstance, port: number): Promise<void> {
  if (!app.server.listening) await app.listen({ port, host: '127.0.0.1', listenTextResolver: () => 'listening on the mesh' })
}

function resolveFastify (service: string, path: string): Fastify {
  try {
    const fastify = createRequire(path)('fastify') as Fastify & { default?: Fastify }
    return fastify.default ?? fastify
  } catch (thrown) {
    throw withCause(errors.WATT_RUNTIME_FASTIFY_MISSING(service, basename(path)), thrown)
  }
}
