// A mesh of real worker threads for tests: services are files of fixtures/, their callers too.
import { Worker } from 'node:worker_threads'
import { joinMesh } from '../../src/mesh/join.ts'
import { type JoinOptions, type Mesh, type Switchboard } from '../../src/mesh/mesh.ts'
import { createSwitchboard } from '../../src/mesh/switchboard.ts'

export interface TestThread { id: number, worker: Worker, ask: (question: unknown) => Promise<unknown>, say: (order: unknown) => void, heard: (type: string) => Promise<unknown> }

export class Cluster implements AsyncDisposable {
  readonly switchboard: Switchboard = createSwitchboard()
  readonly #workers: Worker[] = []
  readonly #meshes: Mesh[] = []
  #lastId = 0

  constructor (services: string[]) {
    this.switchboard.declare(services)
  }

  /** Of the worker that was started or joined last. */
  get lastId (): number {
    return this.#lastId
  }

  /** Runs fixtures/<program> as a worker of `service`, and admits it once it says that it is ready. */
  async start (service: string, program: string, data: Record<string, unknown> = {}): Promise<TestThread> {
    const thread = this.spawn(service, program, data)
    await thread.heard('ready')
    this.switchboard.admit(thread.id)
    return thread
  }

  spawn (service: string, program: string, data: Record<string, unknown> = {}): TestThread {
    const id = ++this.#lastId
    const mesh = this.switchboard.attach(service, id)
    const worker = new Worker(new URL(`fixtures/${program}`, import.meta.url), { workerData: { service, worker: id, mesh, ...data }, transferList: [mesh] })
    this.#workers.push(worker)
    worker.on('exit', () => this.switchboard.detach(id))
    worker.setMaxListeners(100)
    // The thread's own death is what some tests are about; `heard` tells others.
    worker.on('error', () => {})
    let questions = 0
    return {
      id,
      worker,
      say: (order) => worker.postMessage(order),
      heard: (type) => new Promise((resolve, reject) => {
        const hear = (message: { type: string, value: unknown }): void => {
          if (message.type !== type) return
          worker.off('message', hear)
          worker.off('error', reject)
          resolve(message.value)
        }
        worker.on('message', hear)
        worker.on('error', reject)
      }),
      async ask (question) {
        const answer = `answer ${++questions}`
        const heard = this.heard(answer)
        worker.postMessage({ answer, question })
        return await heard
      }
    }
  }

  /** This thread as a part of the mesh. */
  join (options: Partial<JoinOptions> = {}): Mesh {
    const id = ++this.#lastId
    const service = options.service ?? 'gateway'
    const mesh = joinMesh({ ...options, service, worker: id, port: this.switchboard.attach(service, id) })
    this.#meshes.push(mesh)
    return mesh
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    for (const mesh of this.#meshes) mesh.close()
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
    this.switchboard.close()
  }
}
