// What of the app config is the gateway's. Pure.
import type { AppConfig } from '../api/app-config.ts'
import type { GatewayConfig } from './thread.ts'

export function gatewayConfig ({ services, tracing, gateway: { trustedProxies, timeouts }, logs: { access: accessLog } }: AppConfig): GatewayConfig {
  return {
    routes: services.flatMap(({ name: service, routes }) => routes.map((route) => ({ ...route, service }))),
    tracing: tracing && { samplingRatio: tracing.samplingRatio },
    trustedProxies,
    timeouts,
    accessLog
  }
}
