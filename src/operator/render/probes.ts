// How the kubelet asks after a pod, and how much time the pod has for what: all from the services' own times.
import type { AppConfig } from '../../api/app-config.ts'
import type { Probe } from './objects.ts'

/** Starting Node, the gateway and the supervisor themselves, on a busy node. */
const bootSeconds = 30
/**
 * A pod whose services do not come up is left that long to the supervisor, which starts single services again by itself;
 * only then is the whole of it begun anew. As long as a Deployment waits by default.
 */
const leastStartSeconds = 600
/** From the last worker's end to the process's. */
const exitSeconds = 5

export function renderProbes (config: AppConfig): { startupProbe: Probe, livenessProbe: Probe, readinessProbe: Probe } {
  return {
    // Once a second: the pod is taken into service within a second of being up.
    startupProbe: probe('/startupz', { periodSeconds: 1, failureThreshold: startSeconds(config) }),
    // Slow to judge: a restart costs every service its work, and the supervisor restarts single services by itself.
    livenessProbe: probe('/livez', { periodSeconds: 10, failureThreshold: 3 }),
    readinessProbe: probe('/readyz', { periodSeconds: 5, failureThreshold: 2 })
  }
}

function probe (path: string, { periodSeconds, failureThreshold }: { periodSeconds: number, failureThreshold: number }): Probe {
  return { httpGet: { path, port: 'admin' }, periodSeconds, timeoutSeconds: 3, failureThreshold }
}

/** The longest chain of services that wait for each other, each taking all of its startTimeout, and the boot; never little. */
export function startSeconds ({ services }: AppConfig): number {
  const byName = new Map(services.map((service) => [service.name, service]))
  const known = new Map<string, number>()
  function chainMs (name: string): number {
    const service = byName.get(name)
    if (service === undefined) return 0
    const before = known.get(name)
    if (before !== undefined) return before
    // Counts as nothing while it is being counted: a cycle is refused elsewhere, and must not hang us.
    known.set(name, 0)
    const ms = service.startTimeoutMs + Math.max(0, ...service.dependsOn.map(chainMs))
    known.set(name, ms)
    return ms
  }
  return Math.max(leastStartSeconds, bootSeconds + Math.ceil(Math.max(0, ...services.map(({ name }) => chainMs(name))) / 1000))
}

/** SIGTERM to SIGKILL: the drain delay, the slowest service, the exit. */
export function graceSeconds ({ drainDelayMs, services }: AppConfig): number {
  return Math.ceil((drainDelayMs + Math.max(0, ...services.map(({ drainTimeoutMs }) => drainTimeoutMs))) / 1000) + exitSeconds
}
