// The WattApps that are measured, as `wattapp run -` reads them. Pure. Paths are those of bench/apps.

export interface BenchService {
  name: string
  path: string
  /** Below this path from outside; the service sees `/`. */
  route?: string
  /** The thread that it shares with the others that name it. */
  thread?: string
  /** How many; 1 unless it says so. */
  workers?: number
}

export interface BenchApp {
  services: readonly BenchService[]
  /** Access logs, and traces at 1 % to this OTLP endpoint. */
  logsTo?: string
}

/** YAML, by way of JSON. Metrics and request ids are on: they always are. */
export function manifestOf ({ services, logsTo }: BenchApp): string {
  return JSON.stringify({
    apiVersion: 'wattapp.dev/v1alpha1',
    kind: 'WattApp',
    metadata: { name: 'bench' },
    spec: {
      image: 'bench',
      observability: logsTo === undefined
        ? { logs: { level: 'warn' } }
        : { logs: { level: 'info', access: true }, tracing: { endpoint: logsTo, samplingRatio: '0.01' } },
      services: services.map(({ name, path, route, thread, workers }) => ({
        name,
        path,
        ...(route !== undefined && { routes: [{ pathPrefix: route, rewrite: '/' }] }),
        ...(thread !== undefined && { thread }),
        ...(workers !== undefined && { workers: { min: workers } })
      }))
    }
  })
}

/** The app of most rows: six Fastify services behind the gateway. */
export const sixServices: BenchService[] = Array.from({ length: 6 }, (_, index) => ({ name: `s${index + 1}`, path: 'service', route: `/s${index + 1}` }))
