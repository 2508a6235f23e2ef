// One app in one process: wires services, gateway, mesh, metrics and admin server together.
import { availableParallelism, hostname } from 'node:os'
import type { ServiceConfig } from '../api/app-config.ts'
import type { AppStatus } from '../api/app-status.ts'
import { threadGroups } from '../api/thread-group.ts'
import { systemClock } from '../base/clock.ts'
import { collector, compactWhenIdle } from '../base/compact.ts'
import { Gate } from '../base/gate.ts'
import { Lifetime } from '../base/lifetime.ts'
import { gatewayConfig } from '../gateway/config.ts'
import { createSwitchboard } from '../mesh/switchboard.ts'
import { Collector } from '../telemetry/expose/collect.ts'
import { scrape } from '../telemetry/expose/expose.ts'
import { createOutput } from '../telemetry/logs/output.ts'
import { recordsOf } from '../telemetry/logs/record.ts'
import { createSpanExport, type PodIdentity } from '../telemetry/expose/otlp.ts'
import type { SpanRecord } from '../telemetry/record/record.ts'
import { createAnnouncer, type Announcer } from './announce.ts'
import { configHash } from './config-hash.ts'
import { ConfigSteps } from './config-steps.ts'
import { startDrain, type Drain } from './drain.ts'
import { Gateways } from './gateways.ts'
import { Group } from './group.ts'
import { HealthWatch } from './health.ts'
import { expectFree, listen, urlOf } from './listen.ts'
import { createLog } from './log.ts'
import { checkMemory } from './memory-fit.ts'
import { shareOf } from './memory-share.ts'
import { publishMetrics } from './metrics.ts'
import { PodMemory } from './pod-memory.ts'
import { PoolWatch } from './pool.ts'
import { readinessChecks, startupChecks, type PodState } from './readiness-state.ts'
import { LiveConfig } from './reload.ts'
import { Sampler } from './sampler.ts'
import { SourceFolder } from './source-folder.ts'
import { spawnWith } from './spawn.ts'
import type { Supervisor, SupervisorEvent, SupervisorOptions } from './supervisor.ts'
import { Threads } from './threads.ts'
import { Tree } from './tree.ts'
import { Upkeep } from './upkeep.ts'
import { packageVersion } from './version.ts'
import { specOf, type Places } from './worker-spec.ts'

const clock = systemClock
const random = Math.random

/** Workers start at once, a core each; on one core a second one makes use of what the first waits for. */
const leastStartWidth = 2

export class Pod implements Supervisor {
  url = ''
  adminUrl?: string
  readonly started: Promise<void>
  readonly #options: SupervisorOptions
  readonly #source: SourceFolder
  readonly #life = new Lifetime()
  readonly #version = packageVersion()
  readonly #startedAt = new Date(clock.now()).toISOString()
  readonly #collector = new Collector()
  readonly #announcer: Announcer
  readonly #live: LiveConfig
  readonly #threads: Threads
  readonly #tree: Tree
  readonly #upkeep: Upkeep
  readonly #health: HealthWatch
  readonly #memory: PodMemory
  #gateway: Gateways | undefined
  #hasGatewayListened = false
  #isDraining = false
  #drain: Drain | undefined
  #isClosed = false
  #tellStarted = (): void => {}

  constructor (options: SupervisorOptions, places: Places) {
    const { config, sink, cores = availableParallelism() } = options
    this.#options = options
    this.#source = this.#life.add(new SourceFolder(places.root, clock), (source) => source.close())
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

    const output = this.#life.add(createOutput({ app: config.app, sink }), (output) => output.close())
    const switchboard = this.#life.add(createSwitchboard(), (switchboard) => switchboard.close())
    const sampler = this.#life.add(new Sampler(clock), (sampler) => sampler.close())
    switchboard.declare(config.services.map(({ name }) => name))
    const { tracing } = config
    const spans = tracing && this.#life.add(createSpanExport({ tracing, pod: this.#identity(), onState: this.#announcer.spanExport }), (spans) => spans.close())
    const exportSpans = (batch: SpanRecord[]): void => spans?.export(batch)
    const { threadAbandoned: abandoned } = this.#announcer
    const pool = this.#life.add(new PoolWatch({ clock, log, count: (forMs) => this.#threads.countPoolJobs(forMs) }), (pool) => pool.close())
    this.#threads = this.#life.add(new Threads({ clock, switchboard, collector: this.#collector, sampler, output, exportSpans, inspection: options.inspection, poolJobs: (id, name, jobs) => pool.ended(id, name, jobs), abandoned }), (threads) => threads.terminateAll())
    const { baseEnv, fileEnv, isDevelopment = false } = options
    const spawn = spawnWith({ config, isDevelopment, baseEnv, fileEnv, inspection: options.inspection, start: (start) => this.#threads.start(start) })
    const surge = new Gate(1)
    const share = shareOf(config, options.memoryLimitBytes, () => 0)
    const groups = threadGroups(config).map((group) => new Group({ ...specOf(group, places), awaitsChange: isDevelopment, ...('ceilings' in share && { memoryBytes: share.ceilings.get(group.name) ?? 0 }) }, {
      clock,
      random,
      switchboard,
      spawn,
      surge,
      figures: (worker) => sampler.figures(worker),
      abandoned: (name) => this.#threads.abandoned(name),
      flooding: (name) => pool.flooding(name),
      ...this.#announcer,
      changed: () => this.#changed()
    }))
    this.#tree = this.#life.add(new Tree(groups, Math.max(leastStartWidth, cores), clock), (tree) => tree.kill())
    const steps = new ConfigSteps({
      root: places.root,
      source: this.#source,
      tree: this.#tree,
      configureGateway: async (config) => this.#gateway?.configure(config),
      ...this.#announcer
    })
    this.#live = new LiveConfig(config, { log, emit, take: (step, wanted, signal) => steps.take(step, wanted, this.#live.config, signal), isLeaving: () => this.#isDraining || this.#isClosed, checkMemory: (wanted) => checkMemory(wanted, this.#memory.limitBytes) })
    this.#upkeep = this.#life.add(new Upkeep(groups, {
      clock,
      cores,
      figures: (worker) => sampler.figures(worker),
      busyCores: () => sampler.busyCores,
      requests: (worker) => this.#collector.counted(worker, 'wattapp_service_requests_total'),
      abandoned: (name) => this.#threads.abandoned(name),
      memoryLimitBytes: () => this.#memory.limitBytes,
      gatewayThreads: () => this.#live.config.gateway.threads,
      ...this.#announcer
    }), (upkeep) => upkeep.close())
    this.#memory = this.#life.add(new PodMemory(options.memoryLimitBytes, {
      clock,
      log,
      groups,
      config: () => this.#live.config,
      figures: (worker) => sampler.figures(worker),
      held: () => sampler.held,
      resident: () => process.memoryUsage.rss(),
      isLeaving: () => this.#isDraining || this.#isClosed
    }), (memory) => memory.close())
    this.#health = this.#life.add(new HealthWatch(groups, {
      clock,
      random,
      openProbe: async () => (await import('../mesh/probe.ts')).createProbe(switchboard.attach('supervisor', 0)),
      ...this.#announcer
    }), (health) => health.close())
    publishMetrics(this.#collector, () => this.status().services, this.#version)
  }

  /** @throws WATT_PORT_IN_USE, WATT_LISTEN_FAILED, and as the gateway's listener fails */
  async start (): Promise<void> {
    const { sourceHash } = this.#live.config
    if (sourceHash !== undefined) await this.#source.take(sourceHash)
    const { http } = this.#options
    if (this.#live.config.gateway.threads > 1 && http.port !== 0) await expectFree('gateway', http)
    const gateway = this.#gateway = this.#life.add(this.#startGateway(), (gateway) => gateway.kill())
    this.#tree.pump()
    // A gateway that fails first is told of below.
    gateway.listening.catch(() => {})
    await this.#startAdmin()
    await gateway.listening
    await this.#keepSource()
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
      memory: this.#memory.status(),
      services: this.#services()
    }
  }

  apply: Supervisor['apply'] = async (config) => {
    const { sourceHash } = this.#live.config
    await this.#live.apply(config)
    await this.#memory.share()
    if (this.#live.config.sourceHash !== sourceHash) await this.#keepSource()
  }

  restart: Supervisor['restart'] = async (service) => {
    await this.#tree.groups.find(({ services }) => services.some(({ name }) => name === service))?.restart()
  }

  tellBrowsers: Supervisor['tellBrowsers'] = (states) => {
    if (this.#options.isDevelopment === true) this.#gateway?.develop(states)
  }

  resize: Supervisor['resize'] = (memoryLimitBytes) => this.#memory.resize(memoryLimitBytes)

  refuse: Supervisor['refuse'] = (error) => this.#live.refuse(error)

  drain (): Promise<void> {
    if (this.#drain !== undefined) {
      this.#drain.hurry()
      return this.#drain.done
    }
    const { config } = this.#live
    this.#isDraining = true
    this.#upkeep.close()
    this.#health.close()
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

  /** Of all groups, in the order of the config. */
  #services (): AppStatus['services'] {
    const statuses = new Map(this.#tree.groups.flatMap((group) => group.status()).map((status) => [status.name, status]))
    return this.#live.config.services.flatMap(({ name }) => statuses.get(name) ?? [])
  }

  async #keepSource (): Promise<void> {
    const { sourceHash } = this.#live.config
    if (sourceHash !== undefined) await this.#source.keep(sourceHash)
  }

  #startGateway (): Gateways {
    const { http, config: { app, services }, baseEnv: env, sink, lines, isDevelopment = false } = this.#options
    return new Gateways(this.#live.config.gateway.threads, { app, ...http }, gatewayConfig(this.#live.config), longest(services), {
      clock,
      random,
      env,
      isDevelopment,
      start: (start) => this.#threads.start(start),
      listens: (port) => {
        this.url = urlOf(http.host, port)
        this.#announcer.gatewayListens(this.url)
      },
      accessLog: lines === undefined ? (text) => recordsOf(text).forEach(sink) : (text) => lines('info', text),
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

  #identity (): PodIdentity {
    const { podName, config: { app, namespace } } = this.#options
    return { app, version: this.#version, instance: podName ?? `${hostname()}-${process.pid}`, ...(podName !== undefined && { podName, namespace }) }
  }

  #state (): PodState {
    return {
      isDraining: this.#isDraining,
      isGatewayListening: this.#gateway?.isListening ?? false,
      hasGatewayListened: this.#hasGatewayListened,
      services: this.#tree.groups.flatMap((group) => {
        const { hasBeenReady, isSettled } = group
        return group.status().map(({ name, required, message }) => ({ name, required, hasBeenReady, isSettled, message }))
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
