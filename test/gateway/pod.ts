// A pod without supervisor for these tests: the real gateway thread, real service threads, the real mesh between them.
import { EventEmitter, once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { GatewayConfig, GatewayData, GatewayMessage, GatewayOrder, GatewayRoute } from '../../src/gateway/thread.ts'
import { createSwitchboard } from '../../src/mesh/switchboard.ts'
import { pageBytes } from '../../src/telemetry/record/recorder.ts'

export interface Mirror {
  service: string
  method: string
  url: string
  headers: Record<string, string>
  raw: string[]
  remote: string
}

export interface PodOptions extends Partial<GatewayConfig> {
  /** Gateways on the one port; only the first one's events are heard. */
  threads?: number
  services: string[]
  routes: GatewayRoute[]
}

export type Pod = Awaited<ReturnType<typeof startPod>>

export function route (service: string, pathPrefix: string, more: { host?: string, rewrite?: string } = {}): GatewayRoute {
  return { service, host: '*', pathPrefix, ...more }
}

export async function startPod ({ services, tracing, threads = 1, ...config }: PodOptions) {
  const switchboard = createSwitchboard()
  switchboard.declare(services)
  const heard = new EventEmitter()
  const said: GatewayMessage[] = []
  const workers = new Map<string, Worker>()
  let nextWorker = 1

  async function startService (service: string): Promise<Worker> {
    const worker = nextWorker++
    const mesh = switchboard.attach(service, worker)
    const thread = new Worker(new URL('fixtures/thread.ts', import.meta.url), { workerData: { service, worker, mesh }, transferList: [mesh] })
    workers.set(service, thread)
    thread.on('exit', () => {
      switchboard.detach(worker)
      heard.emit('exit', service)
    })
    await new Promise<void>((resolve) => thread.on('message', (event: { type: string }) => {
      if (event.type === 'ready') resolve()
      else heard.emit(event.type, event)
    }))
    switchboard.admit(worker)
    return thread
  }

  const page = new SharedArrayBuffer(pageBytes.gateway)

  function startGateway (worker: number, port: number): Worker {
    const mesh = switchboard.attach('gateway', worker)
    const workerData: GatewayData = { app: 'test', worker, host: '127.0.0.1', port, reusePort: threads > 1, config: { ...config, tracing }, mesh, page }
    return new Worker(new URL('../../src/gateway/main.ts', import.meta.url), { workerData, transferList: [mesh] })
  }

  const gateway = startGateway(0, 0)
  gateway.on('message', (message: GatewayMessage) => {
    said.push(message)
    heard.emit(message.type, message)
  })
  const ended = once(gateway, 'exit')
  const [[{ port }]] = await Promise.all([
    once(heard, 'listening') as Promise<[{ port: number }]>,
    ...services.map(startService)
  ])
  const url = `http://127.0.0.1:${port}`
  const others = Array.from({ length: threads - 1 }, () => startGateway(nextWorker++, port))
  await Promise.all(others.map((other) => new Promise<void>((resolve) => other.on('message', ({ type }: GatewayMessage) => { if (type === 'listening') resolve() }))))

  async function close (): Promise<void> {
    await Promise.all([gateway, ...others, ...workers.values()].map((thread) => thread.terminate()))
    switchboard.close()
  }

  return {
    port,
    url,
    page,
    switchboard,
    gateway,
    ended,
    startService,
    /** The next event of that name, of the gateway or of a service. */
    next: async <Event>(type: string): Promise<Event> => (await once(heard, type))[0] as Event,
    said: <Type extends GatewayMessage['type']>(type: Type) =>
      said.filter((message): message is Extract<GatewayMessage, { type: Type }> => message.type === type),
    order: (order: GatewayOrder) => gateway.postMessage(order),
    mirror: async (path: string, init?: RequestInit): Promise<Mirror> => await (await fetch(url + path, init)).json() as Mirror,
    dial: () => connect({ port, host: '127.0.0.1' }),
    raw: (text: string) => converse(port, text),
    close,
    [Symbol.asyncDispose]: close
  }
}

/** Sends `text` as it stands and gives all that comes back until the server closes; add `Connection: close` to the request. */
async function converse (port: number, text: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.write(text, 'latin1')
  return await readAll(socket)
}

/** Everything until the end; what was read is given also when the connection was reset. */
export async function readAll (socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => { text += chunk }).on('error', () => {})
  await once(socket, 'close')
  return text
}
