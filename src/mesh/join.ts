// A thread's part in the mesh: routes its calls to workers, and serves what other threads ask of it.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Server } from 'node:http'
import { MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { Call } from './call.ts'
import { SocketLine } from './carry/socket-line.ts'
import { type AcceptMessage, type DirectoryMessage, type LoadsMessage } from './control.ts'
import { Dialer } from './dial.ts'
import { Directory, type Whereabouts } from './directory.ts'
import { errors } from './errors.ts'
import { onLoss } from './exchange-state.ts'
import { defaultHold, Hold } from './hold.ts'
import { outgoingHeaders } from './outgoing-headers.ts'
import { type Link } from './link.ts'
import { Loads } from './loads.ts'
import { type Exchange, type JoinOptions, type Mesh, type RequestHead, type ResponseHandler } from './mesh.ts'
import { pick } from './pick.ts'
import { Desk } from './serve/desk.ts'
import { Suspects } from './suspects.ts'
import { Turn } from './turn.ts'

export function joinMesh ({ service: own, worker: self, port: control, hold: limits = defaultHold, observer = {}, door, neighbours, enter }: JoinOptions): Mesh {
  const turn = neighbours?.turn ?? new Turn()
  const directory = new Directory()
  const hold = new Hold(limits, observer)
  const loads = new Loads()
  const desk = new Desk({ turn, observer, neighbours, enter, worker: self, loads })
  const dialer = new Dialer({ control, turn, directory, door, sharesMemory: (worker) => loads.of(worker) !== undefined, near: (worker) => neighbours?.dial(worker, inOwnContext), leaving, lost })
  // A port calls back in the context in which it was made: never in that of the request that first needed it.
  const inOwnContext = enter ?? AsyncLocalStorage.snapshot()
  const callEvents = { over }
  const suspects = new Suspects(deliver)
  let picks = 0
  let isClosed = false

  neighbours?.join({ service: own, worker: self, desk, enter: inOwnContext, canCall: retryHeld })
  control.on('message', heard)
  door?.serve((line) => desk.accept(line))
  // What the switchboard said before: names must be known from the start.
  for (let first = receiveMessageOnPort(control); first !== undefined; first = receiveMessageOnPort(control)) heard(first.message)

  function heard (message: DirectoryMessage | AcceptMessage | LoadsMessage): void {
    if (message.type === 'loads') return loads.share(message.memory)
    if (message.type === 'accept') return desk.accept(message.port instanceof MessagePort ? message.port : SocketLine.to(message.port), message.begun)
    directory.update(message)
    for (const link of dialer.links()) if (!directory.isAlive(link.worker)) link.abandon()
    for (const service of [...hold.services]) retryHeld(service)
  }

  function retryHeld (service: string): void {
    const found = directory.find(service)
    if (found === undefined || found.isCrashLoop || found.ready.length > 0 || neighbours?.find(service, self) !== undefined) release(service)
  }

  /** Those that may have ended the last worker come last: should one end or block the next too, the others are answered. */
  function release (service: string): void {
    const calls = hold.release(service)
    const suspected = calls.filter(({ losses }) => losses > 0)
    if (suspected.length > 0 && suspected.length < calls.length) suspects.defer(service)
    for (const call of calls) if (call.losses === 0) route(call)
    suspected.forEach(route)
  }

  function route (call: Call): void {
    if (call.losses > 0 && !isClosed) suspects.add(call)
    else deliver(call)
  }

  function deliver (call: Call): void {
    if (isClosed) return call.fail(errors.WATT_MESH_CLOSED(call.service))
    const found = directory.find(call.service)
    if (found === undefined) return call.fail(errors.WATT_SERVICE_UNKNOWN(call.service))
    if (send(call, found)) return
    if (found.isCrashLoop) call.fail(errors.WATT_SERVICE_CRASH_LOOP(call.service))
    else hold.add(call)
  }

  /** False: there is no worker for it. */
  function send (call: Call, { ready }: Whereabouts): boolean {
    const worker = neighbours?.find(call.service, self) ?? ready[pick(ready, underWay, picks++)]
    if (worker === undefined) return false
    const link = dialer.find(worker) ?? inOwnContext(() => dialer.dial(worker))
    // Where there is no choice the worker counts by itself, which costs no one else a cache line.
    link.send(call, ready.length > 1 && loads.begin(worker))
    if (link.peer.underWay === 1 && desk.serving <= 1) link.peer.lookOut?.()
    return true
  }

  function underWay (worker: number): number {
    return loads.of(worker) ?? dialer.underWay(worker)
  }

  function leaving (link: Link): void {
    directory.shun(link.worker)
    dialer.forget(link)
  }

  function lost (link: Link, calls: Call[]): void {
    leaving(link)
    for (const call of calls) {
      const wasBegun = link.hasBegun(call)
      if (wasBegun) call.losses++
      const { phase, upload, losses, service, head: { method } } = call
      switch (onLoss({ phase, upload, losses, method, wasBegun })) {
        case 'retry':
          call.unsent()
          route(call)
          break
        case 'cut': call.fail(errors.WATT_RESPONSE_CUT(service)); break
        case 'lost': call.fail(errors.WATT_WORKER_LOST(service)); break
        case 'lostTwice': call.fail(errors.WATT_WORKER_LOST_TWICE(service)); break
      }
    }
  }

  function over (call: Call, status: number): void {
    const { service: to, head: { method }, startMs, losses } = call
    if (losses > 0) suspects.over(call)
    observer.called?.({ to, method, status, durationMs: performance.now() - startMs })
  }

  function request (service: string, head: RequestHead, body: Uint8Array | 'stream' | null, handler: ResponseHandler): Exchange {
    const headers = outgoingHeaders(head, observer.current?.())
    const call = new Call(service, head, headers, body, handler, callEvents, observer.called === undefined ? 0 : performance.now())
    const found = isClosed ? undefined : directory.find(service)
    // No callback may come before `request` returns.
    if (found === undefined || !send(call, found)) queueMicrotask(() => route(call))
    return call
  }

  return {
    request,
    serve (server: Server) {
      desk.serve(server)
      neighbours?.tellServing(own)
    },
    declares: (service) => directory.find(service) !== undefined,
    get serving () { return desk.serving },
    drain: () => desk.drain(),
    hangUp: () => desk.hangUp(),
    close () {
      if (isClosed) return
      isClosed = true
      for (const link of dialer.links()) link.abandon()
      for (const service of [...hold.services]) hold.release(service).forEach(route)
      suspects.close()
      neighbours?.leave(self)
      desk.close()
      control.close()
    }
  }
}
