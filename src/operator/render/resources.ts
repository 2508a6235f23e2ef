// What the container asks the scheduler for when the app does not say.
import { bytes, formatBytes } from '../../api/quantity.ts'
import type { PodTemplate, WattApp } from '../../api/wattapp.ts'

export type Resources = NonNullable<PodTemplate['resources']>

const mebi = 2 ** 20
/** The supervisor, the gateway and Node itself. */
const baseMemory = 96 * mebi

/**
 * For an app that does not say: a memory request alone, half of each service's ceiling, since hardly any worker
 * lives at its ceiling. One worker a service is counted, and no limit is set, because worker counts change while the pod
 * runs and requests cannot: a limit planned for two workers would kill the pod that got a third.
 */
export function defaultResources ({ spec }: WattApp): Resources {
  const ceilings = spec.services.reduce((sum, { memory }) => sum + bytes(memory), 0)
  return { requests: { cpu: '100m', memory: formatBytes(baseMemory + Math.ceil(ceilings / 2 / mebi) * mebi) } }
}
