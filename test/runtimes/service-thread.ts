// One service in its real thread, on a real mesh, with this thread as its caller.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { ServiceConfig } from '../../src/api/app-config.ts'
import { joinMesh } from '../../src/mesh/join.ts'
import type { Exchange, Mesh, ResponseHead } from '../../src/mesh/mesh.ts'
import { createSwitchboard } from '../../src/mesh/switchboard.ts'
import type { ThreadData, ThreadMessage } from '../../src/runtimes/thread.ts'
import { pageBytes } from '../../src/telemetry/record/recorder.ts'

export const fixtures = realpathSync(join(import.meta.dirname, 'fixtures'))

type MessageOf<Type extends ThreadMessage['type']> = Extract<ThreadMessage, { type: Type }>

export interface Answer { status: number, statusMessage: string, headers: Array<[string, string]>, body: string }

export interface Ask { method?: string, headers?: Record<string, string>, body?: string }

export interface ServiceOptions extends Partial<ServiceConfig> {
  path: string
  /** The app's root; the fixtures by default. */
  root?: string
}

export class ServiceThread implements AsyncDisposable {
  readonly worker: Worker
  readonly mesh: Mesh
  /** In the order in which they came. */
  readonly messages: ThreadMessage[] = []
  readonly exited: Promise<number>
  /** What the thread died of, if so. */
  error: unknown
  readonly #switchboard = createSwitchboard()
  readonly #name: string

  constructor ({ root = fixtures, ...config }: ServiceOptions) {
    const service: ServiceConfig = {
      name: 'greeter',
      args: [],
      routes: [],
      workers: { min: 1, max: 1 },
      isolation: 'thread',
      health: { blockedTimeoutMs: 10_000 },
      memoryBytes: 64 * 1024 * 1024,
      env: {},
      fileEnv: [],
      dependsOn: [],
      required: false,
      restart: { initialMs: 100, maxMs: 1000, limit: 5, windowMs: 60_000 },
      startTimeoutMs: 10_000,
      drainTimeoutMs: 10_000,
      ...config
    }
    this.#name = service.name
    this.#switchboard.declare([service.name])
    const mesh = this.#switchboard.attach(service.name, 1)
    const real = realpathSync(root)
    const place = join(real, service.path)
    const isFile = /\.\w+$/.test(service.path)
    const workerData: ThreadData = {
      app: 'test',
      name: service.name,
      worker: 1,
      services: [{ service, folder: isFile ? dirname(place) : place, endpoint: 1, mesh }],
      root: real,
      folder: isFile ? dirname(place) : place,
      page: new SharedArrayBuffer(pageBytes.service),
      isDevelopment: false,
      tracing: undefined
    }
    this.worker = new Worker(new URL('../../src/runtimes/main.ts', import.meta.url), { workerData, transferList: [mesh], env: service.env })
    this.worker.on('message', (message: ThreadMessage) => {
      this.messages.push(message)
      if (message.type === 'ready' && message.hasServer) this.#switchboard.admit(1)
    })
    this.worker.on('error', (error) => { this.error = error })
    this.exited = new Promise((resolve) => { this.worker.once('exit', resolve) })
    this.mesh = joinMesh({ service: 'gateway', worker: 2, port: this.#switchboard.attach('gateway', 2) })
    this.worker.once('exit', () => this.#switchboard.detach(1))
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

  /** What it wrote to descriptors 1 and 2 so far. */
  get output (): string {
    const chunks = this.messages.flatMap((message) => message.type === 'output' ? message.output : [])
    return chunks.map(({ chunk }) => typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()).join('')
  }

  drain (): void {
    this.worker.postMessage({ type: 'drain' })
  }

  async ask (path: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const answer: Answer = { status: 0, statusMessage: '', headers: [], body: '' }
    const chunks: Uint8Array[] = []
    this.send(path, { method, headers, ...(body !== undefined && { body }) }, {
      onHead: (head) => Object.assign(answer, { status: head.status, statusMessage: head.statusMessage, headers: pairs(head.headers) }),
      onData: (chunk) => chunks.push(chunk),
      onEnd: () => resolve({ ...answer, body: Buffer.concat(chunks).toString() }),
      onError: reject
    })
    return await promise
  }

  send (path: string, { method = 'GET', headers = {}, body }: Ask, handler: { onHead: (head: ResponseHead) => void, onData: (chunk: Uint8Array) => void, onEnd: () => void, onError: (error: Error) => void }): Exchange {
    const whole = body === undefined ? null : Buffer.from(body)
    const all = { host: `${this.#name}.internal`, ...(whole !== null && { 'content-length': String(whole.length) }), ...headers }
    return this.mesh.request(this.#name, { method, path, headers: Object.entries(all).flat() }, whole, handler)
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    this.mesh.close()
    if (this.worker.threadId !== -1) await this.worker.terminate()
    this.#switchboard.close()
  }
}

function pairs (flat: readonly string[]): Array<[string, string]> {
  return Array.from({ length: flat.length / 2 }, (_, index) => [(flat[index * 2] ?? '').toLowerCase(), flat[index * 2 + 1] ?? ''])
}

export interface AppFolder extends Disposable { root: string }

/** An app's root made of these files; `-> target` makes a link. */
export function appFolder (files: Record<string, string>): AppFolder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'wattapp-runtimes-')))
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name)
    mkdirSync(dirname(path), { recursive: true })
    if (content.startsWith('-> ')) symlinkSync(content.slice(3), path)
    else writeFileSync(path, content)
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true }) }
}
