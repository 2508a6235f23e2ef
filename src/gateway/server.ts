// The public listener. Fastify gives it its life and its hooks; the one route takes every request, hijacks the reply and speaks
// to the mesh. The router only ever sees `/` (rewriteUrl): no target can confuse it, and it costs 0.4 µs a request.
import fastify, { type FastifyInstance, type HTTPMethods } from 'fastify'
import { METHODS, ServerResponse, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { messageOf, withCause, type WattError } from '../base/error.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Observer } from '../telemetry/record/observer.ts'
import type { Recorder } from '../telemetry/record/recorder.ts'
import { rawError } from './answer.ts'
import { receive } from './arrival.ts'
import { drain } from './drain.ts'
import { errors } from './errors.ts'
import { limits } from './limits.ts'
import { createMeter } from './meter.ts'
import { Proxied } from './proxy.ts'
import { createRouteTable } from './route-table.ts'
import type { GatewayConfig } from './thread.ts'
import { isUpgrade, Upgrades } from './upgrade.ts'

export interface GatewayOptions {
  host: string
  /** 0 picks a free one. */
  port: number
  config: GatewayConfig
  mesh: Mesh
  observer: Observer
  recorder: Recorder
}

export interface Gateway extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** In force, whole, from the next request on. */
  configure: (config: GatewayConfig) => void
  /** Resolves when the last answer is out and every connection closed, at the latest after `timeoutMs`. */
  drain: (timeoutMs: number) => Promise<void>
  /** Ends everything at once. */
  close: () => Promise<void>
}

/** @throws WATT_PORT_TAKEN, WATT_LISTEN_FAILED */
export async function startGateway ({ host, port, config, mesh, observer, recorder }: GatewayOptions): Promise<Gateway> {
  const meter = createMeter(recorder)
  const ports = { mesh, observer, meter, table: createRouteTable(config.routes), isDraining: false }
  const upgrades = new Upgrades(ports)
  const sockets = new Set<Socket>()

  const app = fastify({
    logger: false,
    rewriteUrl: () => '/',
    // A request that came is answered: what arrives while closing is in flight like any other.
    return503OnClosing: false,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    clientErrorHandler: refuseUnread,
    http: {
      maxHeaderSize: limits.maxHeaderSize,
      headersTimeout: limits.headersTimeout,
      connectionsCheckingInterval: limits.connectionsCheckingInterval,
      // Ours to refuse, with a body that says why.
      requireHostHeader: false,
      shouldUpgradeCallback: isUpgrade
    }
  })
  routeEverything(app, (request, target, response) => {
    new Proxied(ports, request, response, receive(request, target, ports.table, observer)).start()
  })

  const { server } = app
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  // The service decides whether the client may go on (RFC 9110 §10.1.1); without this Node would say yes at once.
  server.on('checkContinue', (request, response) => server.emit('request', request, response))
  server.on('upgrade', (request, socket, first) => upgrades.take(request, socket as Socket, first))
  server.on('connect', (request: IncomingMessage, socket) => {
    meter.record(undefined, 'CONNECT', 405, 0)
    socket.on('error', () => {}).end(rawError(errors.WATT_METHOD_REFUSED(request.method ?? '')))
  })

  function refuseUnread (fault: NodeJS.ErrnoException, socket: Socket): void {
    // Words in the middle of another request's answer would be taken for a part of it.
    const current: unknown = Reflect.get(socket, '_httpMessage')
    if (!socket.writable || fault.code === 'ECONNRESET' || (current instanceof ServerResponse && current.headersSent)) {
      socket.destroy()
      return
    }
    const error = errorOf(fault)
    meter.record(undefined, 'other', error.status, 0)
    socket.end(rawError(error))
  }

  function configure (next: GatewayConfig): void {
    ports.table = createRouteTable(next.routes)
    observer.setTracing(next.tracing)
  }

  async function close (): Promise<void> {
    upgrades.destroy()
    const closed = app.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }

  try {
    await app.listen({ host, port })
  } catch (thrown) {
    await app.close()
    const isTaken = thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE'
    throw withCause(isTaken ? errors.WATT_PORT_TAKEN(host, port) : errors.WATT_LISTEN_FAILED(host, port, messageOf(thrown)), thrown)
  }

  return {
    host,
    port: (server.address() as AddressInfo).port,
    configure,
    async drain (timeoutMs) {
      ports.isDraining = true
      upgrades.leave()
      await drain({ app, sockets, timeoutMs })
    },
    close,
    [Symbol.asyncDispose]: close
  }
}

type Take = (request: IncomingMessage, target: string, response: ServerResponse) => void

function routeEverything (app: FastifyInstance, take: Take): void {
  for (const method of METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true })
  app.route({
    method: METHODS as HTTPMethods[],
    url: '/',
    exposeHeadRoute: false,
    // Plugins' onRequest hooks run before this one; nothing of Fastify's runs after it, since it does not call done.
    onRequest (request, reply) {
      reply.hijack()
      take(request.raw, request.originalUrl, reply.raw)
    },
    handler () {}
  })
}

/** By llhttp's and node:http's codes. */
function errorOf ({ code, message }: NodeJS.ErrnoException): WattError {
  if (code === 'HPE_HEADER_OVERFLOW') return errors.WATT_HEADERS_TOO_LARGE(limits.maxHeaderSize)
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return errors.WATT_REQUEST_TIMEOUT()
  return errors.WATT_REQUEST_MALFORMED(message)
}
