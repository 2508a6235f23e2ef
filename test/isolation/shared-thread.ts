// Several services in one real thread, on a real mesh, with this thread as a caller from outside.
import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Worker, type MessagePort } from 'node:worker_threads'
import type { ServiceConfig } from '../../src/api/app-config.ts'
import { joinMesh } from '../../src/mesh/join.ts'
import type { Exchange, Mesh, ResponseHandler } from '../../src/mesh/mesh.ts'
import { createSwitchboard } from '../../src/mesh/switchboard.ts'
import type { HostedService, ThreadData, ThreadMessage } from '../../src/runtimes/thread.ts'
import { pageBytes } from '../../src/telemetry/record/recorder.ts'
import type { OutputRecord, SpanRecord } from '../../src/telemetry/record/record.ts'

type MessageOf<Type extends ThreadMessage['type']> = Extract<ThreadMessage, { type: Type }>

export interface Answer { status: number, headers: Record<string, string>, body: string }

export interface Ask { method?: string, headers?: Record<string, string>, body?: string }

export type ServiceOptions = Partial<ServiceConfig> & { name: string, path: string }

export interface SharedOptions { root: string, env?: Record<string, string>, tracing?: ThreadData['tracing'], services: ServiceOptions[] }

function configOf (service: ServiceOptions): ServiceConfig {
  return {
    args: [],
    routes: [],
    workers: { min: 1, max: 1 },
    isolation: 'thread',
    thread: 'api',
    health: { blockedTimeoutMs: 10_000 },
    memoryBytes: 64 * 1024 * 1024,
    env: {},
    fileEnv: [],
    dependsOn: [],
    required: false,
    restart: { initialMs: 100, maxMs: 1000, limit: 5, windowMs: 60_000 },
    startTimeoutMs: 10_000,
    drainTimeoutMs: 10_000,
    ...service
  }
}

export class SharedThread implements AsyncDisposable {
  readonly worker: Worker
  readonly mesh: Mesh
  /** In the order in which they came. */
  readonly messages: ThreadMessage[] = []
  readonly exited: Promise<number>
  readonly page = new SharedArrayBuffer(pageBytes.service)
  /** What the thread died of, if so. */
  error: unknown
  readonly #switchboard = createSwitchboard()
  readonly #services: ServiceOptions[]

  constructor ({ root, env = {}, tracing, services }: SharedOptions) {
    this.#services = services
    this.#switchboard.declare(services.map(({ name }) => name))
    const real = realpathSync(root)
    const ports: MessagePort[] = []
    const hosted = services.map((service, index): HostedService => {
      const mesh = this.#switchboard.attach(service.name, index + 1)
      ports.push(mesh)
      const place = join(real, service.path)
      return { service: configOf(service), folder: /\.\w+$/.test(service.path) ? dirname(place) : place, endpoint: index + 1, mesh }
    })
    const workerData: ThreadData = { app: 'test', name: 'api', worker: 1, services: hosted, root: real, folder: real, page: this.page, isDevelopment: false, tracing }
    this.worker = new Worker(new URL('../../src/runtimes/main.ts', import.meta.url), { workerData, transferList: ports, env, execArgv: [] })
    this.worker.on('message', (message: ThreadMessage) => {
      this.messages.push(message)
      if (message.type === 'ready' && message.hasServer) this.#switchboard.admit(this.#endpointOf(message.service))
    })
    this.worker.on('error', (error) => { this.error = error })
    this.exited = new Promise((resolve) => { this.worker.once('exit', resolve) })
    const outside = services.length + 1
    this.mesh = joinMesh({ service: 'gateway', worker: outside, port: this.#switchboard.attach('gateway', outside) })
    this.worker.once('exit', () => services.forEach(({ name }) => this.#switchboard.detach(this.#endpointOf(name))))
  }

  /** Of all services. */
  async ready (): Promise<void> {
    for (const { name } of this.#services) await this.heard('ready', ({ service }) => service === name)
  }

  /** The first message of a kind, past or to come. */
  async heard<Type extends ThreadMessage['type']> (type: Type, matches: (message: MessageOf<Type>) => boolean = () => true): Promise<MessageOf<Type>> {
    const isIt = (message: ThreadMessage): message is MessageOf<Type> => message.type === type && matches(message as MessageOf<Type>)
    for (;;) {
      const found = this.messages.find(isIt)
      if (found !== undefined) return found
      // Not events.once, which rejects on `error`: of what the thread dies is for the tests to look at.
      const spoke = new Promise<false>((resolve) => { this.worker.once('message', () => resolve(false)) })
      const isOver = await Promise.race([spoke, this.exited.then(() => true)])
      if (isOver && !this.messages.some(isIt)) {
        throw new Error(`the thread ended without saying "${type}"; it said ${JSON.stringify(this.messages)}`, { cause: this.error })
      }
    }
  }

  /** Pieces of output that were written so far. */
  get output (): OutputRecord[] {
    return this.messages.flatMap((message) => message.type === 'output' ? message.output : [])
  }

  /** Resolves with the service whose code wrote a piece that matches. */
  async writer (text: string): Promise<string | undefined> {
    const isIt = ({ chunk }: OutputRecord): boolean => chunkText(chunk).includes(text)
    const { output } = await this.heard('output', ({ output }) => output.some(isIt))
    return output.find(isIt)?.service
  }

  /** Metric series that were announced so far. */
  get series (): Array<{ metric: string, labels: Record<string, string>, value: number }> {
    const slots = new Float64Array(this.page)
    return this.messages.flatMap((message) => message.type === 'series' ? message.series : [])
      .map(({ metric, labels, offset }) => ({ metric, labels, value: slots[offset] ?? 0 }))
  }

  get spans (): SpanRecord[] {
    return this.messages.flatMap((message) => message.type === 'spans' ? message.spans : [])
  }

  drain (): void {
    // As the supervisor does it.
    for (const { name } of this.#services) this.#switchboard.expel(this.#endpointOf(name))
    this.worker.postMessage({ type: 'drain' })
  }

  async ask (service: string, path = '/', { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const answer: Answer = { status: 0, headers: {}, body: '' }
    const chunks: Uint8Array[] = []
    this.send(service, path, { method, headers, ...(body !== undefined && { body }) }, {
      onHead: (head) => Object.assign(answer, { status: head.status, headers: Object.fromEntries(pairs(head.headers)) }),
      onData: (chunk) => chunks.push(chunk),
      onEnd: () => resolve({ ...answer, body: Buffer.concat(chunks).toString() }),
      onError: reject
    })
    return await promise
  }

  async json (service: string, path = '/', ask: Ask = {}): Promise<unknown> {
    const { status, body } = await this.ask(service, path, ask)
    if (status !== 200) throw new Error(`${service}${path} answered ${status}: ${body}`)
    return JSON.parse(body) as unknown
  }

  send (service: string, path: string, { method = 'GET', headers = {}, body }: Ask, handler: ResponseHandler): Exchange {
    const whole = body === undefined ? null : Buffer.from(body)
    const all = { host: `${service}.internal`, ...(whole !== null && { 'content-length': String(whole.length) }), ...headers }
    return this.mesh.request(service, { method, path, headers: Object.entries(all).flat() }, whole, handler)
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    this.mesh.close()
    if (this.worker.threadId !== -1) await this.worker.terminate()
    this.#switchboard.close()
  }

  #endpointOf (service: string): number {
    return this.#services.findIndex(({ name }) => name === service) + 1
  }
}

export function chunkText (chunk: string | Uint8Array): string {
  return typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
}

function pairs (flat: readonly string[]): Array<[string, string]> {
  return Array.from({ length: flat.length / 2 }, (_, index) => [(flat[index * 2] ?? '').toLowerCase(), flat[index * 2 + 1] ?? ''])
}
