// The operator as one thing that starts and closes: caches first, then the lease, then work.
import { Lifetime } from '../base/lifetime.ts'
import { systemClock, type Clock } from '../base/clock.ts'
import { messageOf } from '../base/error.ts'
import { startAdmin } from './admin.ts'
import { createAnnounce } from './announce.ts'
import { startCaches } from './caches.ts'
import type { Connection } from './client/connection.ts'
import { KubeError } from './client/errors.ts'
import { createKube, fenced } from './client/kube.ts'
import { stand, type Candidate } from './client/lease.ts'
import { createController } from './controller.ts'
import { createMetrics, leaseName } from './metrics.ts'
import { createReconcile } from './reconcile.ts'
import { createSources } from './sources.ts'
import { createPoller, type PollerOptions } from './status/poll.ts'

export interface Log {
  debug: (fields: object, message: string) => void
  info: (fields: object, message: string) => void
  warn: (fields: object, message: string) => void
  error: (fields: object, message: string) => void
}

export interface OperatorOptions {
  connection: Connection
  /** Undefined: all. */
  namespaces: readonly string[] | undefined
  runtimeImage: string
  /** Undefined: work at once, as the only operator. */
  lease: { namespace: string } | undefined
  /** Who we are, in the lease and in events; unique. */
  identity: string
  admin: { host: string, port: number }
  concurrency: number
  /** How often an app at rest is looked at, milliseconds. */
  settledMs: number
  version: string
  log: Log
  clock?: Clock
  random?: () => number
  poller?: PollerOptions
}

export interface Operator extends AsyncDisposable {
  adminPort: number
  /** Resolves when another may lead: the process must end. */
  lost: Promise<void>
  /** Ends what is in work, frees the lease, closes every connection. Idempotent. */
  close: () => Promise<void>
}

// The longest a stop waits for the work under way, milliseconds.
const stopMs = 20_000

export async function startOperator (options: OperatorOptions): Promise<Operator> {
  const { connection, namespaces, runtimeImage, lease, identity, admin, concurrency, settledMs, version, log, clock = systemClock, random = Math.random } = options
  const life = new Lifetime()
  const lost = Promise.withResolvers<void>()
  let candidate: Candidate | undefined
  let isLeader = false
  const isHeld = (): boolean => lease === undefined || candidate?.isHeld() === true

  const metrics = createMetrics({
    version,
    concurrency,
    host: new URL(connection.server).host,
    read: () => ({ depth: controller.depth, unfinishedMs: controller.unfinishedMs(), isLeader: isLeader && isHeld(), ready: countReady() })
  })
  const kube = life.add(createKube({ connection, observe: metrics.request }), async (it) => await it.close())
  const writer = fenced(kube, isHeld)
  const sources = createSources({ kube, clock })
  const poller = life.add(createPoller(options.poller), async (it) => await it.close())
  const announce = createAnnounce({ kube: writer, clock, instance: identity, onFailed: (thrown) => log.warn({ error: messageOf(thrown) }, 'Event not written') })

  const controller = createController({
    reconcile: async (key) => await reconcile(key),
    concurrency,
    clock,
    retryAfterMs: (thrown) => thrown instanceof KubeError ? thrown.retryAfterMs : undefined,
    on: {
      added: metrics.added,
      taken: metrics.taken,
      done (key, outcome, tookMs, thrown) {
        metrics.done(outcome, tookMs)
        const [namespace, name] = key.split('/')
        if (outcome === 'error') log.error({ namespace, name, error: messageOf(thrown) }, 'Reconciling failed, trying again')
        else log.debug({ namespace, name, ms: Math.round(tookMs) }, 'Reconciled')
      }
    }
  })
  const caches = life.add(startCaches({
    kube,
    namespaces,
    random,
    onApp: controller.add,
    onSource: sources.forget,
    onFailed (kind, during, why) {
      metrics.watchFailed(kind, during)
      log.warn({ kind, during, error: why }, 'Watching failed, trying again')
    }
  }), async (it) => await it.close())
  const reconcile = createReconcile({ kube: writer, caches, sources, poller, announce, runtimeImage, clock, random, settledMs })

  function countReady (): Record<string, number> {
    const counts: Record<string, number> = { True: 0, False: 0, Unknown: 0 }
    for (const { status } of caches.apps.list()) {
      const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'Unknown'
      counts[ready] = (counts[ready] ?? 0) + 1
    }
    return counts
  }

  const server = await startAdmin({ ...admin, registry: metrics.registry, notReady: () => caches.isSynced ? [] : ['the caches are not filled yet'] })
    .catch(async (thrown: unknown) => {
      await life.close()
      throw thrown
    })
  life.add(server, async (it) => await it.close())

  // Caches are filled by the standby too: a change of leaders costs no list.
  const leading = caches.synced.then(async () => {
    log.info({ apps: caches.apps.list().length }, 'Caches filled')
    if (lease !== undefined) {
      candidate = stand({ kube, namespace: lease.namespace, name: leaseName, identity, clock, random, onFailed: (why) => log.warn({ error: why }, 'Lease not renewed') })
      candidate.lost.then(lost.resolve, lost.reject)
      await candidate.elected
    }
    isLeader = true
    log.info({ identity }, 'Leading')
    controller.start()
  })
  // Closed before it led.
  leading.catch(() => {})

  const close = async (): Promise<void> => {
    const deadline = Promise.withResolvers<void>()
    const timer = clock.after(stopMs, deadline.resolve, { unref: true })
    await Promise.race([controller.close(), deadline.promise])
    timer.cancel()
    await candidate?.close()
    await life.close()
  }
  let closing: Promise<void> | undefined
  const closeOnce = async (): Promise<void> => await (closing ??= close())
  return { adminPort: server.port, lost: lost.promise, close: closeOnce, [Symbol.asyncDispose]: closeOnce }
}
