// Catches listen() of a service's code: an HTTP server binds nothing and waits to be chosen for the mesh; whatever else
// listens does so on loopback alone.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Server as HttpServer } from 'node:http'
import cluster, { type Worker } from 'node:cluster'
import { syncBuiltinESMExports } from 'node:module'
import { Server as NetServer, type ListenOptions } from 'node:net'
import type { Duplex } from 'node:stream'
import { http } from '../../base/http.ts'
import { errors } from '../errors.ts'
import { type Candidate } from './choose.ts'
import { listenTarget } from './listen-target.ts'

const loopback = '127.0.0.1'

/** A program that has forked takes itself for a cluster worker (runtimes/cluster.ts); node:net would ask the primary to listen for it. */
const alone = { exclusive: true }

export interface CaughtServer extends Candidate { server: HttpServer }

export interface CatchOptions {
  /** For errors. */
  service: string
  /** Answered by address() of a server that asked for any port. */
  port: number
  /** A server was caught, or closed. */
  changed: () => void
}

export interface ListenCatch {
  /** HTTP servers that called listen(), in that order; closed ones too. */
  readonly servers: readonly CaughtServer[]
  /**
   * `chosen` (index into `servers`) stays unbound, the others listen on loopback now, and later ones at once.
   * Undefined: none joins, all listen on loopback.
   */
  settle: (chosen: number | undefined) => Promise<void>
  /** Where this service listens beside the mesh, for people: "127.0.0.1:9229". */
  readonly others: readonly string[]
  /**
   * What this service's own code connects to when it dials loopback: a server of its that listens on `port` without being bound is
   * given the other end, which `join` makes. False: there is none.
   */
  dial: (port: number, join: () => Duplex) => boolean
  /** What listen() does in this service's code. @throws WATT_HTTP2_SERVER */
  listen: (server: NetServer, args: unknown[]) => NetServer
  /** What cluster.fork() does in it, unless somebody knows better. @throws WATT_CLUSTER_FORK */
  fork: () => Worker
}

/** `told`: it has heard that it listens. `shownPort`: what address() says. `enter`: runs code in the context in which it began to listen. */
interface Held extends CaughtServer { told: Promise<void>, shownPort: number, isBound: boolean, enter: (run: () => void) => void }

type Listen = (this: NetServer, ...args: unknown[]) => NetServer

/** Private to net.Server, alike in Node 24 and 26. */
interface Inner { _handle: unknown }

/**
 * Every listen() of this thread goes to the catch that `of` gives for the code that calls.
 * Returns how to undo it. For tests: a service's thread ends with it.
 */
export function catchListen (of: () => ListenCatch): () => void {
  const { listen } = NetServer.prototype
  const { fork } = cluster
  NetServer.prototype.listen = function listen (this: NetServer, ...args: unknown[]) { return of().listen(this, args) }
  cluster.fork = () => of().fork()
  syncBuiltinESMExports()
  return () => {
    NetServer.prototype.listen = listen
    cluster.fork = fork
    syncBuiltinESMExports()
  }
}

/** To be made before listen() is caught. */
export function createListenCatch ({ service, port: anyPort, changed }: CatchOptions): ListenCatch {
  const original = NetServer.prototype.listen as Listen
  const servers: Held[] = []
  const others: string[] = []
  let isSettled = false

  function listen (server: NetServer, args: unknown[]): NetServer {
    const kind = server.constructor.name
    if (kind === 'Http2Server' || kind === 'Http2SecureServer') throw errors.WATT_HTTP2_SERVER(service)
    const target = listenTarget(args)
    // A path or a handle is no port: nothing that another host can reach.
    if (target === undefined || server.listening) return asPrimary(() => original.apply(server, args))
    if (server instanceof http.Server && !isSettled) return hold(server, target)
    return bind(server, target)
  }

  function hold (server: HttpServer, { port, then, signal }: ReturnType<typeof listenTarget> & object): HttpServer {
    if (then !== undefined) server.once('listening', then)
    const { promise: told, resolve: tell } = Promise.withResolvers<void>()
    const shownPort = port === 0 ? anyPort : port
    const caught: Held = { server, port, isListening: true, told, shownPort, isBound: false, enter: AsyncLocalStorage.snapshot() }
    setHandle(server, shownPort, () => {
      caught.isListening = false
      changed()
    })
    signal?.addEventListener('abort', () => server.close(), { once: true })
    servers.push(caught)
    process.nextTick(() => {
      tell()
      if (!caught.isListening) return
      server.emit('listening')
      changed()
    })
    return server
  }

  function bind (server: NetServer, { port, then, rest }: ReturnType<typeof listenTarget> & object): NetServer {
    server.once('listening', () => report(server))
    return original.call(server, { ...rest, ...alone, port, host: loopback } satisfies ListenOptions, then)
  }

  function report (server: NetServer, taken?: number): void {
    const address = server.address()
    if (address === null || typeof address === 'string') return
    const name = `${address.address}:${address.port}${taken === undefined ? '' : ` instead of ${taken}, which is in use`}`
    others.push(name)
    server.once('close', () => others.splice(others.indexOf(name), 1))
  }

  async function rebind ({ server, port }: Pick<CaughtServer, 'server' | 'port'>, taken?: number): Promise<void> {
    Object.assign(server, { _handle: null })
    const listened = Promise.withResolvers<void>()
    const { emit } = server
    // Its `listening` was told when it was caught; and another worker of this service may hold the port.
    server.emit = (name: string | symbol, ...args: unknown[]): boolean => {
      if (name !== 'listening' && name !== 'error') return Reflect.apply(emit, server, [name, ...args])
      server.emit = emit
      const isTaken = name === 'error' && Reflect.get(Object(args[0]), 'code') === 'EADDRINUSE' && port !== 0
      if (isTaken) listened.resolve(rebind({ server, port: 0 }, port))
      else if (name === 'error') listened.reject(args[0])
      else {
        report(server, taken)
        listened.resolve()
      }
      return true
    }
    original.call(server, { ...alone, port, host: loopback })
    await listened.promise
  }

  return {
    servers,
    others,
    listen,
    dial (port, join) {
      const held = servers.find(({ shownPort, isListening, isBound }) => shownPort === port && isListening && !isBound)
      // As from a socket: not in the context of the request that dials.
      held?.enter(() => { held.server.emit('connection', join()) })
      return held !== undefined
    },
    fork () { throw errors.WATT_CLUSTER_FORK(service) },
    async settle (chosen) {
      isSettled = true
      const port = chosen === undefined ? undefined : servers[chosen]?.port
      // One on the chosen one's port is the same server on another address (Fastify on localhost).
      const left = servers.filter(({ isListening }, index) => isListening && index !== chosen)
        .filter((caught) => caught.port === 0 || caught.port !== port)
      await Promise.all(left.map(async (held) => {
        await held.told
        if (!held.isListening) return
        held.isBound = true
        await rebind(held)
      }))
    }
  }
}

function asPrimary<Result> (run: () => Result): Result {
  if (cluster.isPrimary) return run()
  const mutable = cluster as { isPrimary: boolean }
  mutable.isPrimary = true
  try {
    return run()
  } finally {
    mutable.isPrimary = false
  }
}

/** A handle that is none: `listening`, address(), close(), ref() and unref() of net.Server work on it as they are. */
function setHandle (server: HttpServer, port: number, closed: () => void): void {
  const handle = {
    getsockname (out: object) {
      Object.assign(out, { address: loopback, family: 'IPv4', port })
      return 0
    },
    close: closed,
    ref () {},
    unref () {},
    hasRef: () => false
  }
  Object.assign(server, { _handle: handle } satisfies Partial<Inner>)
}
