// A base for an app whose config has none: its pages' scripts, images and actions must be found below the prefix by which browsers
// reach it. Pure.
import { withinBasePath } from '../page-request.ts'

type Redirect = string | { status: number, destination: string }

/** What is used of a config as its author wrote it: https://docs.astro.build/en/reference/configuration-reference/ */
export interface AstroConfig {
  base?: string
  redirects?: Record<string, Redirect>
  integrations?: unknown[]
}

/** Without the slash at its end, as paths are put together: "" for "/". */
export function basePathOf ({ base = '' }: AstroConfig): string {
  const path = base.replace(/\/+$/, '')
  return path === '' || path.startsWith('/') ? path : `/${path}`
}

/** A config with a base of its own stays as it is. What it redirects to is as little below the prefix as its author knew of it. */
export function withBasePath<Config extends AstroConfig> (config: Config, basePath: string): Config {
  if (basePath === '' || basePathOf(config) !== '') return config
  return {
    ...config,
    base: basePath,
    ...(config.redirects !== undefined && { redirects: Object.fromEntries(Object.entries(config.redirects).map(([from, to]) => [from, redirected(to, basePath)])) })
  }
}

/** One with a parameter is looked up among the app's own routes, by the path that it has there. */
function redirected (to: Redirect, basePath: string): Redirect {
  const destination = typeof to === 'string' ? to : to.destination
  if (destination.includes('[')) return to
  const within = withinBasePath(destination, basePath)
  return typeof to === 'string' ? within : { ...to, destination: within }
}
