// What a worker does, be it a thread or a process: its services join the mesh, run one after the other, and leave in order.
// Reaches no npm package (every worker would pay for it), and loads what only some services need when they need it.
import { systemClock } from '../base/clock.ts'
import { collectNow, collector, compactWhenIdle } from '../base/compact.ts'
import { keepNodeShapes } from '../base/shape.ts'
import { installClient } from '../mesh/client/index.ts'
import { Neighbours } from '../mesh/neighbours.ts'
import { catchListen } from '../mesh/serve/listen.ts'
import { captureOutput } from '../telemetry/logs/capture.ts'
import { createRecorder } from '../telemetry/record/recorder.ts'
import { drain } from './drain.ts'
import type { Host } from './host.ts'
import { exitAfterModules } from './module-exit.ts'
import { ownArgv } from './own-argv.ts'
import { lendPlatformatic } from './platformatic/global.ts'
import { countPoolJobs } from './pool-jobs.ts'
import { Resident } from './resident.ts'
import { ServiceScopes } from './service-scopes.ts'
import { SharedEnd } from './shared-end.ts'
import { whoListens } from './signal-listeners.ts'
import { nestedPreload } from './surroundings/nested-place.ts'
import { surround } from './surroundings/index.ts'
import type { HostedService } from './thread.ts'

/** The port that a program listens on when nobody says which: any will do, since the mesh binds none. */
const defaultPort = 3000

export function runServices ({ data, isProcess, door, post, hear }: Host): void {
  keepNodeShapes()
  const { name, services, root, folder, page, tracing, isDevelopment } = data
  const scopes = services.length > 1 ? new ServiceScopes<Resident>() : undefined
  const residents: Resident[] = []
  /** Undefined: nobody's code. */
  const running = (): Resident | undefined => scopes === undefined ? residents[0] : scopes.current
  /** Code that no service began (a listener of Node's own) is taken for that of the one that is being loaded, or of the first. */
  const responsible = (): Resident => {
    const resident = running() ?? residents.find(({ report }) => report.isOpen) ?? residents[0]
    if (resident === undefined) throw new Error('a worker runs at least one service')
    return resident
  }

  const output = captureOutput({
    post,
    current: () => running()?.observer.current(),
    writer: () => scopes?.current?.name,
    preload: isProcess ? undefined : nestedPreload
  })
  if (!isProcess) exitAfterModules()
  surround({ title: name, folder, isProcess })
  const given = Number(process.env.PORT) || undefined
  const worker = {
    root,
    tracing,
    isDevelopment,
    post,
    door,
    recorder: createRecorder(page, post),
    shared: scopes && { neighbours: new Neighbours(), enterOf: (resident: Resident) => scopes.enterOf(resident), entries: new Set<string>() }
  }
  for (const hosted of services) residents.push(new Resident(hosted, portOf(hosted), worker))
  const [only, second] = residents
  installClient(only !== undefined && second === undefined
    ? only.mesh
    : { request: (...args) => responsible().mesh.request(...args), declares: (service) => responsible().mesh.declares(service) },
  (port, join) => responsible().caught.dial(port, join))
  catchListen(() => responsible().caught)
  lendPlatformatic(() => responsible().platformatic)
  const end = scopes && new SharedEnd({ current: running, post })
  const listens = scopes && whoListens(running)
  if (scopes !== undefined) ownArgv(running)
  let isDraining = false

  process.on('uncaughtExceptionMonitor', (thrown: unknown) => {
    // With a handler of its own the worker lives on.
    if (process.listenerCount('uncaughtException') > 0) return
    const who = scopes === undefined ? residents[0] : scopes.culprit(thrown) ?? residents.find(({ report }) => report.isOpen)
    if (who === undefined) return
    end?.tell(who)
    if (who.report.isOpen) who.report.failed(thrown)
  })
  process.on('exit', (code) => {
    // One that is not ready has not been told of; unless another one's code ends the worker.
    const open = residents.find(({ report }) => report.isOpen)
    if (open === undefined || (end?.culprit ?? open) !== open) return
    process.exitCode ||= 1
    open.report.ended(code)
  })
  hear((order) => {
    switch (order.type) {
      case 'drain': return leave()
      case 'ping': return post({ type: 'pong' })
      case 'collect': {
        // Of the processor, not of the clock: how busy the machine is says nothing of the service.
        const before = process.threadCpuUsage()
        collectNow()
        const { user, system } = process.threadCpuUsage(before)
        return post({ type: 'collected', tookMs: (user + system) / 1_000 })
      }
      case 'countPoolJobs':
        return countPoolJobs(order.forMs, systemClock, (jobs) => post({ type: 'poolJobs', jobs }))
    }
  })

  begin().then(() => compactWhenIdle(collector, systemClock), () => process.exit(1))

  function portOf ({ service: { port } }: HostedService): number {
    return (scopes === undefined ? given ?? port : port ?? given) ?? defaultPort
  }

  /** One after the other, so that what they share of the process (argv, PORT) is each one's own while it is loaded. */
  async function begin (): Promise<void> {
    for (const resident of residents) {
      if (isDraining) return
      try {
        await resident.enter(() => resident.start())
      } catch (thrown) {
        resident.report.failed(thrown)
        throw thrown
      }
    }
  }

  function leave (): void {
    if (isDraining) return
    isDraining = true
    for (const { report } of residents) report.close()
    // Last of all, whoever ends the worker: the service's own handlers do as well.
    process.on('exit', () => {
      for (const { observer } of residents) observer.flush()
      output.flush()
      post({ type: 'drained' })
    })
    drain({
      meshes: residents.map(({ mesh }) => mesh),
      timeoutMs: Math.max(...residents.map(({ drainTimeoutMs }) => drainTimeoutMs)),
      close: async () => { await Promise.all(residents.map((resident) => resident.enter(() => resident.close()))) },
      clock: systemClock,
      ...(end !== undefined && listens !== undefined && { shared: { end, listens } })
    }).then(() => process.exit(), (thrown: unknown) => process.nextTick(() => { throw thrown }))
  }
}
