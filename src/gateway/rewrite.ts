// The path that a service sees: what matched is replaced, the rest stays (Gateway API, HTTPPathModifier ReplacePrefixMatch).
import type { RouteConfig } from '../api/app-config.ts'

/** `path` is one that the route's pathPrefix covers. The result begins with one `/` again. */
export function rewritePath (path: string, { pathPrefix, rewrite }: Pick<RouteConfig, 'pathPrefix' | 'rewrite'>): string {
  if (rewrite === undefined) return path
  const rest = path.slice(withoutSlash(pathPrefix).length)
  const whole = withoutSlash(rewrite) + rest
  return whole === '' ? '/' : whole
}

/** `/foo/` and `/foo` say the same; so do `/` and nothing. */
export function withoutSlash (prefix: string): string {
  return prefix.endsWith('/') ? prefix.slice(0, -1) : prefix
}
