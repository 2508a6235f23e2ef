// Whether a path is the right one for a page that was prerendered, by the config's `trailingSlash`. Pure.
import type { TrailingSlash } from './manifest.ts'

/** False: it is Astro's to answer, by a redirect to the right one. @see serve-static.ts of @astrojs/node */
export function hasRightSlash (trailingSlash: TrailingSlash, path: string): boolean {
  switch (trailingSlash) {
    case 'ignore': return true
    case 'never': return path === '/' || !path.endsWith('/')
    // Files, and what is Astro's own (`/_image`) or well known, have no other.
    case 'always': return path.endsWith('/') || /\/[^/]+\.\w+$/.test(path) || /^\/[_@.]/.test(path)
  }
}
