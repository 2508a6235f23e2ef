// One observation a request from outside, by service, method, route prefix and status.
import { methodLabel, statusLabel } from '../telemetry/record/labels.ts'
import type { Histogram } from '../telemetry/record/histogram.ts'
import type { Recorder } from '../telemetry/record/recorder.ts'
import type { GatewayRoute } from './thread.ts'

export interface Meter {
  /** `route` undefined: the gateway answered by itself. `status` 0: the client left before there was one. */
  record: (route: GatewayRoute | undefined, method: string, status: number, durationMs: number) => void
}

type ByMethod = Map<string, Histogram>

export function createMeter (recorder: Recorder): Meter {
  // By the route itself: a table that was replaced takes its handles with it, and the recorder finds the same series again.
  const byRoute = new WeakMap<GatewayRoute, Map<number, ByMethod>>()
  const unrouted = new Map<number, ByMethod>()

  function byStatusOf (route: GatewayRoute): Map<number, ByMethod> {
    const known = byRoute.get(route)
    if (known !== undefined) return known
    const made = new Map<number, ByMethod>()
    byRoute.set(route, made)
    return made
  }

  return {
    record (route, method, status, durationMs) {
      const byStatus = route === undefined ? unrouted : byStatusOf(route)
      let byMethod = byStatus.get(status)
      if (byMethod === undefined) {
        byMethod = new Map()
        byStatus.set(status, byMethod)
      }
      let histogram = byMethod.get(method)
      if (histogram === undefined) {
        histogram = recorder.histogram('http_server_request_duration_seconds', {
          service: route?.service ?? 'gateway',
          method: methodLabel(method),
          route: route?.pathPrefix ?? 'other',
          status: statusLabel(status)
        })
        byMethod.set(method, histogram)
      }
      histogram.observe(durationMs / 1000)
    }
  }
}
