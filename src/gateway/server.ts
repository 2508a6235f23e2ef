// The public gateway of one thread: its listener with what every request needs, set up, changed while it runs, and taken down.
import { http } from '../base/http.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Observer } from '../telemetry/record/observer.ts'
import type { Recorder } from '../telemetry/record/recorder.ts'
import { createAccessLog } from './access-log.ts'
import type { Development } from './development.ts'
import { drain } from './drain.ts'
import { Listener, type Place } from './http/listener.ts'
import { createMeter } from './meter.ts'
import type { Ports } from './ports.ts'
import { createRouteTable } from './route-table.ts'
import type { GatewayConfig, GatewayData, GatewayMessage, GatewayTimeouts } from './thread.ts'
import { Ticks } from './ticks.ts'
import { createTrust } from './trust.ts'
import { Upgrades } from './upgrade.ts'

export interface GatewayOptions extends Place, Pick<GatewayData, 'app' | 'worker'> {
  config: GatewayConfig
  mesh: Mesh
  observer: Observer
  recorder: Recorder
  development?: Development | undefined
  /** To the supervisor: parentPort.postMessage. */
  post: (message: GatewayMessage) => void
}

export interface Gateway extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** In force, whole, from the next request on. */
  configure: (config: GatewayConfig) => void
  /** Resolves when the last answer is out and every connection closed, at the latest after `timeoutMs`. */
  drain: (timeoutMs: number) => Promise<void>
  /** Ends everything at once. */
  close: () => Promise<void>
}

type Changing<Type> = { -readonly [Key in keyof Type]: Type[Key] }

/** As the API defaults them. */
const defaultTimeouts: GatewayTimeouts = { backendRequestMs: 60_000, idleMs: 300_000 }

/** @throws WATT_PORT_TAKEN, WATT_LISTEN_FAILED */
export async function startGateway ({ app, worker, host, port, reusePort, config, mesh, observer, recorder, development, post }: GatewayOptions): Promise<Gateway> {
  const ticks = new Ticks(() => listener.tick(ticks.nowMs))
  const accessLog = createAccessLog({ app, worker }, post)
  const ports: Changing<Ports> = { mesh, observer, meter: createMeter(recorder), ticks, methods: new Set(http.METHODS), isDraining: false, accessLog: undefined, development, ...inForce(config) }
  const upgrades = new Upgrades(ports)
  const listener = new Listener(ports, (connection, proxied) => upgrades.take(connection, proxied))
  configure(config)

  function configure (next: GatewayConfig): void {
    Object.assign(ports, inForce(next))
    ports.accessLog = next.accessLog === true ? accessLog : undefined
    observer.setTracing(next.tracing)
    ticks.adjust(Math.min(...Object.values(ports.timeouts).filter((ms) => ms > 0)))
  }

  async function close (): Promise<void> {
    listener.stop()
    listener.destroyAll()
    await listener.allClosed()
    accessLog.flush()
    ticks.close()
  }

  let ownPort: number
  try {
    ownPort = await listener.listen({ host, port, reusePort })
  } catch (thrown) {
    ticks.close()
    throw thrown
  }

  return {
    host,
    port: ownPort,
    configure,
    async drain (timeoutMs) {
      ports.isDraining = true
      upgrades.leave()
      await drain(listener, timeoutMs)
      accessLog.flush()
      ticks.close()
    },
    close,
    [Symbol.asyncDispose]: close
  }
}

function inForce ({ routes, trustedProxies = [], timeouts = defaultTimeouts }: GatewayConfig): Pick<Ports, 'table' | 'trust' | 'timeouts'> {
  return { table: createRouteTable(routes), trust: createTrust(trustedProxies), timeouts }
}
