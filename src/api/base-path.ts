// The path below which a service's pages are, as browsers see it. Pure.
import type { RouteConfig } from './app-config.ts'

/**
 * "/shop" for a service whose routes keep their prefix and all lie below it; "" when one of them is at the root, when there are
 * several that have no prefix in common, and for a service without routes.
 * A route with `rewrite` counts by its `pathPrefix`: links in a page are resolved by the browser, which knows nothing of the rewrite.
 */
export function basePathOf (routes: readonly RouteConfig[]): string {
  const [first, ...others] = routes.map(({ pathPrefix }) => pathPrefix.split('/').filter((segment) => segment !== ''))
  if (first === undefined) return ''
  const length = others.reduce((common, segments) => {
    const differs = segments.findIndex((segment, index) => segment !== first[index])
    return Math.min(common, differs === -1 ? segments.length : differs)
  }, first.length)
  return first.slice(0, length).map((segment) => `/${segment}`).join('')
}
