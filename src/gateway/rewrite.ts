// The path that a service sees: what matched is replaced, the rest stays (Gateway API, HTTPPathModifier ReplacePrefixMatch).
import type { RouteConfig } from '../api/app-config.ts'

/** `path` is one that the route's pathPrefix covers. The result begins with one `/` again. */
export function rewritePath (path: string, { pathPrefix, rewrite }: Pick<RouteConfig, 'pathPrefix' | 'rewrite'>): string {
  if (rewrite === undefined) return path
  const rest = path.slice(withoutSlash(pathPrefix).length)
  const whole = withoutSlash(rewrite) + rest
  return whole === '' ? '/' : whole
}

/**
 * A Location that a service gives, as its client finds it: the other way round. A service that knows its prefix, and says it, is left
 * alone; and so is what names another host.
 */
export function restorePath (location: string, { pathPrefix, rewrite }: Pick<RouteConfig, 'pathPrefix' | 'rewrite'>): string {
  if (rewrite === undefined || !location.startsWith('/') || location.startsWith('//')) return location
  const outer = withoutSlash(pathPrefix)
  const inner = withoutSlash(rewrite)
  if (!covers(inner, location) || (covers(outer, location) && outer.length >= inner.length)) return location
  const rest = location.slice(inner.length)
  return rest.startsWith('/') || outer !== '' ? outer + rest : `/${rest}`
}

/**
 * A Set-Cookie that a service gives, with its Path (RFC 6265 §5.2.4) as its client must send it back. `Path=/` stays: a cookie for the
 * whole host may be meant for the other services too, and comes to this one in any case.
 */
export function restoreCookiePath (cookie: string, route: Pick<RouteConfig, 'pathPrefix' | 'rewrite'>): string {
  return cookie.replace(/(;\s*path\s*=\s*)(\/[^;\s]+)/gi, (_, attribute: string, path: string) => attribute + restorePath(path, route))
}

function covers (prefix: string, location: string): boolean {
  return location.startsWith(prefix) && /^(?:[/?#]|$)/.test(location.slice(prefix.length))
}

/** `/foo/` and `/foo` say the same; so do `/` and nothing. */
export function withoutSlash (prefix: string): string {
  return prefix.endsWith('/') ? prefix.slice(0, -1) : prefix
}
