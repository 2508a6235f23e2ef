// Which service a request from outside goes to: the most specific host first, then the longest prefix of whole segments.
// A table is never changed, only replaced: a request sees all of a configuration or none of it.
import type { GatewayRoute } from './thread.ts'
import { withoutSlash } from './rewrite.ts'

export interface RouteTable {
  /** `host` in lower case without port; `path` in normal form (target.ts). */
  find: (host: string, path: string) => GatewayRoute | undefined
}

interface Prefix { prefix: string, route: GatewayRoute }

/**
 * An exact host comes before a wildcard, a longer wildcard before a shorter one, `*` last; `*.example.com` matches one label or more
 * (Gateway API, Hostname). A host whose prefixes do not cover the path leaves it to the less specific ones.
 */
export function createRouteTable (routes: readonly GatewayRoute[]): RouteTable {
  const exact = new Map<string, Prefix[]>()
  const bySuffix = new Map<string, Prefix[]>()
  const any: Prefix[] = []
  for (const route of routes) {
    const { host } = route
    const list = host === '*' ? any : host.startsWith('*.') ? listOf(bySuffix, host.slice(1)) : listOf(exact, host)
    list.push({ prefix: withoutSlash(route.pathPrefix), route })
  }
  for (const list of [...exact.values(), ...bySuffix.values(), any]) list.sort((a, b) => b.prefix.length - a.prefix.length)
  const suffixes = [...bySuffix].sort(([a], [b]) => b.length - a.length)

  return {
    find (host, path) {
      const own = exact.size === 0 ? undefined : longest(exact.get(host), path)
      if (own !== undefined) return own
      for (const [suffix, list] of suffixes) {
        const route = host.length > suffix.length && host.endsWith(suffix) ? longest(list, path) : undefined
        if (route !== undefined) return route
      }
      return longest(any, path)
    }
  }
}

/** Whole segments: `/api` covers `/api` and `/api/x`, not `/apis`. `prefix` has no trailing slash; the empty one covers all. */
export function covers (prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}

function longest (list: readonly Prefix[] | undefined, path: string): GatewayRoute | undefined {
  return list?.find(({ prefix }) => covers(prefix, path))?.route
}

function listOf (lists: Map<string, Prefix[]>, key: string): Prefix[] {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}
