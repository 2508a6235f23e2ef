// The gateway's threads: one port, each supervised by itself. While one listens, the pod takes connections.
import type { DevelopmentState, GatewayConfig } from '../gateway/thread.ts'
import { GatewayWorker, type GatewayPorts, type Place } from './gateway-worker.ts'

export class Gateways {
  /** The port that they got. Rejects with the gateway's error when the first one ends before it listens. */
  readonly listening: Promise<number>
  readonly #workers: GatewayWorker[] = []
  #config: GatewayConfig
  #isLeaving = false

  constructor (threads: number, place: Place, config: GatewayConfig, drainTimeoutMs: number, ports: GatewayPorts) {
    this.#config = config
    const own = {
      ...ports,
      listens: (port: number) => {
        // Of each it is told when it is the only one: then the pod listens again.
        if (!this.isListening) ports.listens(port)
      }
    }
    const start = (place: Place): GatewayWorker => {
      const worker = new GatewayWorker(place, this.#config, drainTimeoutMs, own)
      this.#workers.push(worker)
      return worker
    }
    const shared: Place = threads > 1 ? { ...place, reusePort: true } : place
    this.listening = start(shared).listening
    // Which port it is may be the kernel's choice; and what keeps the first from listening would keep them all.
    this.listening.then((port) => {
      // One that ends before it listens is told of as any other that ends.
      for (let more = threads - 1; more > 0 && !this.#isLeaving; more--) start({ ...shared, port }).listening.catch(() => {})
      ports.changed()
    }, () => {})
  }

  get isListening (): boolean {
    return this.#workers.some(({ isListening }) => isListening)
  }

  /** Resolves when every request from then on is routed by `config`, whichever thread takes it. */
  async configure (config: GatewayConfig): Promise<void> {
    this.#config = config
    await Promise.all(this.#workers.map((worker) => worker.configure(config)))
  }

  /** What browsers are shown of services in development. */
  develop (states: DevelopmentState[]): void {
    for (const worker of this.#workers) worker.develop(states)
  }

  /** Resolves when the last answer is out, or the time is up. */
  async drain (): Promise<void> {
    this.#isLeaving = true
    await Promise.all(this.#workers.map((worker) => worker.drain()))
  }

  kill (): void {
    this.#isLeaving = true
    for (const worker of this.#workers) worker.kill()
  }
}
