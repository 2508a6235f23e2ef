// Whatever dials a mesh name by itself (node:http with any agent, an undici Agent or Pool, `ws`, axios, got) does it by
// net.Socket.connect: that socket then speaks to an HTTP server in this thread which listens nowhere. So does one that dials the
// service's own port on loopback, as frameworks do that ask themselves for a page: nothing is bound there.
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type MeshCalls } from '../mesh.ts'
import { errors } from '../errors.ts'
import { Front } from './front.ts'
import { serviceOf } from './names.ts'
import { portOf } from '../serve/listen-target.ts'
import { joinSockets } from './socket-pair.ts'

type Connect = (this: Socket, ...args: unknown[]) => Socket

/** A connection to a port of the thread itself. False: nothing of its listens there unbound. */
export type DialOwn = (port: number, join: () => Duplex) => boolean

const loopback: ReadonlySet<string | undefined> = new Set([undefined, '', 'localhost', '127.0.0.1', '::1', '[::1]', '0.0.0.0', '::', '[::]'])

/** Returns how to undo it. */
export function installConnect (mesh: MeshCalls, dialOwn: DialOwn): () => void {
  const original = Socket.prototype.connect as Connect
  const front = new Front(mesh)

  function connect (this: Socket, ...args: unknown[]): Socket {
    const { host, port, then } = targetOf(args)
    if (port !== undefined && loopback.has(host) && Reflect.get(this, 'encrypted') !== true && dialOwn(port, () => joinSockets(this, process.nextTick))) {
      if (then !== undefined) this.once('connect', then)
      return this
    }
    const service = host === undefined ? undefined : serviceOf(host, mesh.declares)
    if (host === undefined || service === undefined) return original.apply(this, args)
    if (then !== undefined) this.once('connect', then)
    if (Reflect.get(this, 'encrypted') === true) {
      process.nextTick(() => this.destroy(errors.WATT_MESH_TLS(host)))
      return this
    }
    front.accept(service, joinSockets(this))
    return this
  }

  Socket.prototype.connect = connect as typeof Socket.prototype.connect
  return () => { Socket.prototype.connect = original as typeof Socket.prototype.connect }
}

/** connect(options, then), connect(port, host, then), or both as an array, as node:net calls it itself. */
function targetOf (args: readonly unknown[]): { host: string | undefined, port: number | undefined, then: (() => void) | undefined } {
  const [first, ...more] = Array.isArray(args[0]) ? args[0] as unknown[] : args
  const last = more.findLast((arg) => typeof arg === 'function')
  const then = typeof last === 'function' ? () => { last() } : undefined
  const [host, port]: unknown[] = typeof first === 'object' && first !== null
    ? Reflect.get(first, 'path') === undefined || Reflect.get(first, 'path') === null ? [Reflect.get(first, 'host'), Reflect.get(first, 'port')] : []
    : [more[0], first]
  return { host: typeof host === 'string' ? host : undefined, port: portOf(port), then }
}
