// What a request under way needs of the gateway around it.
import type { Mesh } from '../mesh/mesh.ts'
import type { Observer } from '../telemetry/record/observer.ts'
import type { Meter } from './meter.ts'
import type { RouteTable } from './route-table.ts'

export interface Ports {
  mesh: Mesh
  observer: Observer
  meter: Meter
  /** In force for the next request. */
  readonly table: RouteTable
  /** Every answer from now on is the last of its connection. */
  readonly isDraining: boolean
}
