// Links of a page in development to modules that Vite serves. Astro writes them as if every app were at the root of its host. Pure.

/** Attributes of `script`, `link` and `astro-island` that name a module. */
const link = /(\s(?:src|href|component-url|renderer-url|before-hydration-url)=["'])(\/[^"']*)/g

/** What Vite has a name of its own for: https://vite.dev/guide/api-plugin#virtual-modules-convention */
const virtual = /^\/(?:@vite\/|@id\/|@fs\/|@react-refresh|node_modules\/)/

/** With `base` before each of them. `isSource`: whether a path is that of a file of the app. */
export function withModuleBase (html: string, base: string, isSource: (path: string) => boolean): string {
  return html.replace(link, (whole, before: string, path: string) => virtual.test(path) || isSource(path.replace(/[?#].*/, '')) ? `${before}${base}${path}` : whole)
}

/** Up to where a part of a page holds whole tags: what begins after that may be a link's first half. */
export function wholeTags (html: string): number {
  const open = html.lastIndexOf('<')
  return open < 0 || html.includes('>', open) ? html.length : open
}

/** The path of a module as Astro and Vite, which take it for one at the root, look for it. */
export function modulePath (target: string, base: string): string {
  return target.startsWith(`${base}/@`) ? target.slice(base.length) : target
}
