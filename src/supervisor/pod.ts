// One app in one process: wires services, gateway, mesh, metrics and admin server together.
import { availableParallelism, hostname } from 'node:os'
import type { ServiceConfig } from '../api/app-config.ts'
import type { AppStatus } from '../api/app-status.ts'
import { systemClock } from '../base/clock.ts'
import { collector, compactWhenIdle } from '../base/compact.ts'
import { Lifetime } from '../base/lifetime.ts'
import { createSwitchboard } from '../mesh/switchboard.ts'
import type { ThreadData } from '../runtimes/thread.ts'
import { Collector } from '../telemetry/expose/collect.ts'
import { scrape } from '../telemetry/expose/expose.ts'
import { createOutput } from '../telemetry/logs/output.ts'
import { createSpanExport, type PodIdentity } from '../telemetry/expose/otlp.ts'
import type { SpanRecord } from '../telemetry/record/record.ts'
import { createAnnouncer, type Announcer } from './announce.ts'
import { routesOf, type ConfigStep } from './config-diff.ts'
import { configHash } from './config-hash.ts'
import { startDrain, type Drain } from './drain.ts'
import { serviceEnvironment } from './environment.ts'
import { GatewayWorker } from './gateway-worker.ts'
import { listen, urlOf } from './listen.ts'
import { createLog } from './log.ts'
import { publishMetrics } from './metrics.ts'
import { readinessChecks, startupChecks, type PodState } from './readiness-state.ts'
import { LiveConfig } from './reload.ts'
import { Sampler } from './sampler.ts'
import { Service, type Readiness } from './service.ts'
import type { Supervisor, SupervisorEvent, SupervisorOptions } from './supervisor.ts'
import { Threads, type Endpoint } from './threads.ts'
import { Tree } from './tree.ts'
import { packageVersion } from './version.ts'
import type { Hear, WorkerThread } from './worker.ts'

const clock = systemClock
const random = Math.random

/** Workers that start at once: each keeps a core busy, and waits for its disk and network a good part of the time. */
const startWidth = Math.max(4, 2 * availableParallelism())

/** What was looked up before anything starts. */
export interface Places {
  root: string
  /** Of each service, its folder. */
  folders: ReadonlyMap<string, string>
}

export class Pod implements Supervisor {
  url = ''
  adminUrl?: string
  readonly started: Promise<void>
  readonly #options: SupervisorOptions
  readonly #places: Places
  readonly #life = new Lifetime()
  readonly #version = packageVersion()
  readonly #startedAt = new Date(clock.now()).toISOString()
  readonly #collector = new Collector()
  readonly #announcer: Announcer
  readonly #live: LiveConfig
  readonly #threads: Threads
  readonly #services: readonly Service[]
  readonly #tree: Tree
  #gateway: GatewayWorker | undefined
  #hasGatewayListened = false
  #isDraining = false
  #drain: Drain | undefined
  #isClosed = false
  #tellStarted = (): void => {}

  constructor (options: SupervisorOptions, places: Places) {
    const { config, sink } = options
    this.#options = options
    this.#places = places
    this.started = new Promise((resolve) => {
      this.#tellStarted = () => {
        compactWhenIdle(collector, clock)
        resolve()
        this.#tellStarted = () => {}
      }
    })
    const log = createLog(config.app, sink, clock)
    const emit = (event: SupervisorEvent): void => options.onEvent?.(event)
    this.#announcer = createAnnouncer({ log, emit, collector: this.#collector })
    this.#live = new LiveConfig(config, { log, emit, take: (step) => this.#take(step) })

    const output = this.#life.add(createOutput({ app: config.app, sink }), (output) => output.close())
    const switchboard = this.#life.add(createSwitchboard(), (switchboard) => switchboard.close())
    const sampler = this.#life.add(new Sampler(clock), (sampler) => sampler.close())
    switchboard.declare(config.services.map(({ name }) => name))
    const { tracing } = config
    const spans = tracing && this.#life.add(createSpanExport({ tracing, pod: this.#identity(), onState: this.#announcer.spanExport }), (spans) => spans.close())
    const exportSpans = (batch: SpanRecord[]): void => spans?.export(batch)
    const { threadAbandoned: abandoned } = this.#announcer
    this.#threads = this.#life.add(new Threads({ clock, switchboard, collector: this.#collector, sampler, output, exportSpans, abandoned }), (threads) => threads.terminateAll())
    this.#services = config.services.map((service) => new Service(service, {
      clock,
      random,
      switchboard,
      spawn: (...args) => this.#spawn(...args),
      figures: (worker) => sampler.figures(worker),
      abandoned: (name) => this.#threads.abandoned(name),
      ...this.#announcer,
      changed: () => this.#changed()
    }))
    this.#tree = this.#life.add(new Tree(this.#services, startWidth), (tree) => tree.kill())
    publishMetrics(this.#collector, () => this.status().services, this.#version)
  }

  /** @throws WATT_PORT_IN_USE, WATT_LISTEN_FAILED, and as the gateway's listener fails */
  async start (): Promise<void> {
    const gateway = this.#gateway = this.#life.add(this.#startGateway(), (gateway) => gateway.kill())
    this.#tree.pump()
    // A gateway that fails first is told of below.
    gateway.listening.catch(() => {})
    await this.#startAdmin()
    await gateway.listening
  }

  status (): AppStatus {
    const { config, refusal } = this.#live
    const notReady = readinessChecks(this.#state()).filter(({ isOk }) => !isOk).map(({ reason }) => reason)
    return {
      app: config.app,
      version: this.#version,
      configHash: configHash(config),
      ...(refusal !== undefined && { configError: { code: refusal.code, message: refusal.message } }),
      ready: notReady.length === 0,
      notReady,
      draining: this.#isDraining,
      startedAt: this.#startedAt,
      services: this.#services.map((service) => service.status())
    }
  }

  apply: Supervisor['apply'] = (config) => this.#live.apply(config)

  refuse: Supervisor['refuse'] = (error) => this.#live.refuse(error)

  drain (): Promise<void> {
    if (this.#drain !== undefined) {
      this.#drain.hurry()
      return this.#drain.done
    }
    const { config } = this.#live
    this.#isDraining = true
    this.#announcer.draining()
    this.#drain = startDrain({
      clock,
      drainDelayMs: config.drainDelayMs,
      budgetMs: longest(config.services),
      drainGateway: async () => this.#gateway?.drain(),
      drainServices: () => this.#tree.drain(),
      kill: () => this.#kill(),
      ended: () => this.#threads.terminateAll()
    })
    return this.#drain.done.then(() => this.close())
  }

  close (): Promise<void> {
    this.#isClosed = true
    return this.#life.close()
  }

  [Symbol.asyncDispose] (): Promise<void> {
    return this.close()
  }

  #kill (): void {
    this.#gateway?.kill()
    this.#tree.kill()
  }

  async #take (step: ConfigStep): Promise<void> {
    switch (step.do) {
      case 'route': return this.#gateway?.configure(this.#gatewayConfig())
      case 'scale': return this.#services.find(({ config }) => config.name === step.service)?.scale(step.workers)
      // Whoever made the sink sets its level when it hears `configApplied`.
      case 'setLogLevel':
    }
  }

  #gatewayConfig (): { routes: ReturnType<typeof routesOf>, tracing: { samplingRatio: number } | undefined } {
    const { tracing } = this.#live.config
    return { routes: routesOf(this.#live.config), tracing: tracing && { samplingRatio: tracing.samplingRatio } }
  }

  #startGateway (): GatewayWorker {
    const { http, config: { app, services }, baseEnv: env } = this.#options
    return new GatewayWorker({ app, ...http }, this.#gatewayConfig(), longest(services), {
      clock,
      random,
      env,
      start: (start) => this.#threads.start(start),
      listens: (port) => {
        this.url = urlOf(http.host, port)
        this.#announcer.gatewayListens(this.url)
      },
      exited: this.#announcer.gatewayExited,
      changed: () => this.#changed()
    })
  }

  async #startAdmin (): Promise<void> {
    const { admin } = this.#options
    if (admin === undefined) return
    // Loaded while the threads boot: node:http is most of what this thread loads (70 ms of its 90).
    const { createAdminServer } = await import('./admin/server.ts')
    const server = createAdminServer({ pod: () => this.#state(), status: () => this.status(), metrics: async () => scrape(this.#collector) })
    this.#life.add(server, () => new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }))
    this.adminUrl = urlOf(admin.host, await listen(server, 'admin server', admin))
    this.#announcer.adminListens(this.adminUrl)
  }

  #spawn (service: ServiceConfig, hear: Hear, ready: (readiness: Readiness) => void): WorkerThread {
    const { baseEnv, fileEnv, config: { app, tracing } } = this.#options
    const { root, folders } = this.#places
    const { name, memoryBytes, args: argv } = service
    const folder = folders.get(name) ?? root
    const data = (endpoints: Endpoint[]): Omit<ThreadData, 'worker' | 'page'> => ({
      app, name, services: endpoints.map(({ id, mesh }) => ({ service, folder, endpoint: id, mesh })), root, folder, tracing: tracing && { samplingRatio: tracing.samplingRatio }
    })
    const env = serviceEnvironment(service, baseEnv, fileEnv(name))
    return this.#threads.start({ kind: 'service', name, services: [name], memoryBytes, env, argv, data, hear, message: (message) => { if (message.type === 'ready') ready(message) } })
  }

  #identity (): PodIdentity {
    const { podName, config: { app, namespace } } = this.#options
    return { app, version: this.#version, instance: podName ?? `${hostname()}-${process.pid}`, ...(podName !== undefined && { podName, namespace }) }
  }

  #state (): PodState {
    return {
      isDraining: this.#isDraining,
      isGatewayListening: this.#gateway?.isListening ?? false,
      hasGatewayListened: this.#hasGatewayListened,
      services: this.#services.map((service) => {
        const { hasBeenReady, isSettled, config: { name, required } } = service
        return { name, required, hasBeenReady, isSettled, message: service.status().message }
      })
    }
  }

  #changed (): void {
    if (this.#isClosed || this.#isDraining) return
    this.#hasGatewayListened ||= this.#gateway?.isListening ?? false
    this.#tree.pump()
    const state = this.#state()
    if (startupChecks(state).every(({ isOk }) => isOk)) this.#tellStarted()
    this.#announcer.readiness(readinessChecks(state).filter(({ isOk }) => !isOk).map(({ reason }) => reason))
  }
}

function longest (services: readonly ServiceConfig[]): number {
  return Math.max(...services.map(({ drainTimeoutMs }) => drainTimeoutMs))
}
