// What a request under way needs of the gateway around it.
import type { Mesh } from '../mesh/mesh.ts'
import type { Observer } from '../telemetry/record/observer.ts'
import type { AccessLog } from './access-log.ts'
import type { Development } from './development.ts'
import type { Meter } from './meter.ts'
import type { RouteTable } from './route-table.ts'
import type { GatewayTimeouts } from './thread.ts'
import type { Ticks } from './ticks.ts'
import type { Trust } from './trust.ts'

export interface Ports {
  mesh: Mesh
  observer: Observer
  meter: Meter
  ticks: Ticks
  /** Those that Node.js can read; a service would refuse the others. */
  methods: ReadonlySet<string>
  // In force for the next request.
  readonly table: RouteTable
  readonly trust: Trust
  readonly timeouts: GatewayTimeouts
  /** Undefined: it is off. */
  readonly accessLog: AccessLog | undefined
  /** Undefined in production. */
  readonly development?: Development | undefined
  /** Every answer from now on is the last of its connection. */
  readonly isDraining: boolean
}
