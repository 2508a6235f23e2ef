// Whatever dials a mesh name by itself (node:http with any agent, an undici Agent or Pool, `ws`, axios, got) does it by
// net.Socket.connect: that socket then speaks to an HTTP server in this thread which listens nowhere.
import { Socket } from 'node:net'
import { type MeshCalls } from '../mesh.ts'
import { errors } from '../errors.ts'
import { Front } from './front.ts'
import { serviceOf } from './names.ts'
import { joinSockets } from './socket-pair.ts'

type Connect = (this: Socket, ...args: unknown[]) => Socket

/** Returns how to undo it. */
export function installConnect (mesh: MeshCalls): () => void {
  const original = Socket.prototype.connect as Connect
  const front = new Front(mesh)

  function connect (this: Socket, ...args: unknown[]): Socket {
    const { host, then } = targetOf(args)
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
function targetOf (args: readonly unknown[]): { host: string | undefined, then: (() => void) | undefined } {
  const [first, ...more] = Array.isArray(args[0]) ? args[0] as unknown[] : args
  const last = more.findLast((arg) => typeof arg === 'function')
  const then = typeof last === 'function' ? () => { last() } : undefined
  const host: unknown = typeof first === 'object' && first !== null
    ? Reflect.get(first, 'path') === undefined || Reflect.get(first, 'path') === null ? Reflect.get(first, 'host') : undefined
    : more[0]
  return { host: typeof host === 'string' ? host : undefined, then }
}
