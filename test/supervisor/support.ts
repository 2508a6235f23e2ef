// What the supervisor's tests share: app configs with every field, and fixtures that are small real programs.
import { fileURLToPath } from 'node:url'
import type { AppConfig, ServiceConfig } from '../../src/api/app-config.ts'

export const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url))

export function service (name: string, fields: Partial<ServiceConfig> = {}): ServiceConfig {
  return {
    name,
    path: `${name}.js`,
    args: [],
    routes: [],
    workers: 1,
    memoryBytes: 256 * 2 ** 20,
    env: {},
    fileEnv: [],
    dependsOn: [],
    required: (fields.routes ?? []).length > 0,
    restart: { initialMs: 10, maxMs: 300, limit: 3, windowMs: 60_000 },
    startTimeoutMs: 20_000,
    drainTimeoutMs: 10_000,
    ...fields
  }
}

export function app (services: ServiceConfig[], fields: Partial<AppConfig> = {}): AppConfig {
  return { version: 1, app: 'shop', namespace: 'default', services, logs: { level: 'info' }, drainDelayMs: 0, ...fields }
}

export function route (pathPrefix: string, fields: { host?: string, rewrite?: string } = {}): ServiceConfig['routes'][number] {
  return { host: '*', pathPrefix, ...fields }
}
