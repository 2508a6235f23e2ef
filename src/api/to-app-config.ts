// A WattApp → what the supervisor runs. The operator writes it as app.json, `wattapp run` hands it over directly.
import { appConfigVersion, type AppConfig, type ServiceConfig, type TracingConfig } from './app-config.ts'
import { withDefaults } from './defaults.ts'
import { durationMs } from './duration.ts'
import { bytes } from './quantity.ts'
import type { Service, Variable, WattApp, WattAppManifest, WattAppSpec } from './wattapp.ts'

/**
 * Equal apps give deeply equal configs, whether or not defaults were applied before.
 * @throws RangeError when a duration or a quantity is malformed: validate first
 */
export function toAppConfig (app: WattApp | WattAppManifest): AppConfig {
  const { metadata, spec } = withDefaults(app)
  const { tracing } = spec.observability
  return {
    version: appConfigVersion,
    app: metadata.name,
    namespace: metadata.namespace ?? '',
    services: spec.services.map(toServiceConfig),
    logs: { level: spec.observability.logs.level },
    ...(tracing !== undefined && { tracing: toTracingConfig(tracing) }),
    drainDelayMs: durationMs(spec.drainDelay)
  }
}

function toServiceConfig (service: Service): ServiceConfig {
  const { name, path, runtime, entry, port, env = [], routes = [] } = service
  return {
    name,
    path,
    ...(runtime !== undefined && { runtime }),
    ...(entry !== undefined && { entry }),
    args: service.args ?? [],
    ...(port !== undefined && { port }),
    routes,
    workers: service.workers.min,
    memoryBytes: bytes(service.memory),
    env: Object.fromEntries(env.flatMap(({ name, value }) => value === undefined ? [] : [[name, value]])),
    fileEnv: env.filter(isFromFile).map((variable) => ({ name: variable.name, optional: isOptional(variable) })),
    dependsOn: service.dependsOn ?? [],
    required: service.required ?? routes.length > 0,
    restart: {
      initialMs: durationMs(service.restart.backoff.initial),
      maxMs: durationMs(service.restart.backoff.max),
      limit: service.restart.limit,
      windowMs: durationMs(service.restart.window)
    },
    startTimeoutMs: durationMs(service.startTimeout),
    drainTimeoutMs: durationMs(service.drainTimeout)
  }
}

/** Its value is a file in the pod, mounted from a Secret or a ConfigMap. */
export function isFromFile (variable: Variable): boolean {
  return variable.valueFrom !== undefined
}

function isOptional ({ valueFrom }: Variable): boolean {
  return (valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef)?.optional ?? false
}

function toTracingConfig ({ endpoint, samplingRatio }: NonNullable<WattAppSpec['observability']['tracing']>): TracingConfig {
  return { endpoint, samplingRatio: Number(samplingRatio) }
}
