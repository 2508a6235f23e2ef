// An app config whose services a debugger may stop: no clock runs out for one that stands. Pure.
import type { AppConfig, ServiceConfig } from '../../api/app-config.ts'

/** The longest that a timer of Node can be set to: some 24 days. */
export const forEverMs = 2 ** 31 - 1

/** Neither slow to start, nor blocked, nor unhealthy. */
export const unhurried: Pick<ServiceConfig, 'startTimeoutMs' | 'health'> = { startTimeoutMs: forEverMs, health: { blockedTimeoutMs: forEverMs } }

export function inspectedConfig (config: AppConfig): AppConfig {
  return {
    ...config,
    gateway: { ...config.gateway, timeouts: { backendRequestMs: 0, idleMs: 0 } },
    services: config.services.map((service) => ({ ...service, ...unhurried }))
  }
}
