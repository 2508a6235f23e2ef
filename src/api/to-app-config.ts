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
  const memoryLimit = spec.podTemplate?.resources?.limits?.memory
  return {
    version: appConfigVersion,
    app: metadata.name,
    namespace: metadata.namespace ?? '',
    services: spec.services.map(toServiceConfig),
    gateway: {
      threads: spec.gateway.threads,
      trustedProxies: spec.gateway.trustedProxies ?? [],
      timeouts: { backendRequestMs: durationMs(spec.gateway.timeouts.backendRequest), idleMs: durationMs(spec.gateway.timeouts.idle) }
    },
    logs: { level: spec.observability.logs.level, access: spec.observability.logs.access },
    ...(tracing !== undefined && { tracing: toTracingConfig(tracing) }),
    drainDelayMs: durationMs(spec.drainDelay),
    ...(memoryLimit !== undefined && { memoryLimitBytes: bytes(memoryLimit) })
  }
}

function toServiceConfig (service: Service): ServiceConfig {
  const { name, path, runtime, entry, port, thread, recycle, health, env = [], routes = [] } = service
  return {
    name,
    path,
    ...(runtime !== undefined && { runtime }),
    ...(entry !== undefined && { entry }),
    args: service.args ?? [],
    ...(port !== undefined && { port }),
    routes,
    workers: { min: service.workers.min, max: service.workers.max ?? service.workers.min },
    isolation: service.isolation,
    ...(thread !== undefined && { thread }),
    memoryBytes: bytes(service.memory),
    env: Object.fromEntries(env.flatMap(({ name, value }) => value === undefined ? [] : [[name, value]])),
    fileEnv: env.filter(isFromFile).map((variable) => ({ name: variable.name, optional: isOptional(variable) })),
    dependsOn: service.dependsOn ?? [],
    required: service.required ?? routes.length > 0,
    health: {
      blockedTimeoutMs: durationMs(health.blockedTimeout),
      ...(health.path !== undefined && {
        endpoint: { path: health.path, intervalMs: durationMs(health.interval), timeoutMs: durationMs(health.timeout), failureThreshold: health.failureThreshold }
      })
    },
    ...(recycle !== undefined && {
      recycle: {
        ...(recycle.maxAge !== undefined && { maxAgeMs: durationMs(recycle.maxAge) }),
        ...(recycle.maxRequests !== undefined && { maxRequests: recycle.maxRequests })
      }
    }),
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
