// A base path for an app whose configs have none, and where the files of a build lie below it. Pure.
import { belowBase } from '../page-request.ts'
import { parseTarget } from '../static-request.ts'

/**
 * The source of the framework's own tools, with another default: where Vite's config has no `base` and the framework's no `basename`,
 * they are `basePath`. Both stand in the source as they do here in React Router 7.0 to 8.4 and in Remix 2.8 to 2.17. Were they
 * written otherwise, the build would be for "/", and `serve` refuse it by name.
 * With a slash at its end also for `basename`: without it React Router 8 asks for the data of "/shop" at "/shop.data", which is not below "/shop".
 */
export function withDefaults (source: string, basePath: string): string {
  const base = JSON.stringify(`${basePath}/`)
  return source
    .replaceAll(/\bbasename:\s*(["'])\/\1/g, () => `basename: ${base}`)
    .replaceAll(/\bviteUserConfig\.base\b/g, () => `(viteUserConfig.base ?? ${base})`)
}

/** Without the slash at its end: "/shop" of "/shop/", "" of "/". Of an address on another host its path counts, as it does for the framework's own server. */
export function basePathOf (path: string): string {
  const url = URL.parse(path, 'http://localhost')
  return (url?.pathname ?? '').replace(/\/+$/, '')
}

/** Where to go instead: to the framework "/shop" is not below a `basename` of "/shop/". Undefined: it is right as it is. */
export function slashAdded (target: string, basename: string): string | undefined {
  const base = basePathOf(basename)
  if (base === '' || !basename.endsWith('/') || !target.startsWith(base)) return undefined
  const rest = target.slice(base.length)
  return /^(?:$|\?)/.test(rest) ? `${base}/${rest}` : undefined
}

/** What a page that was made beforehand says of its `basename`; undefined: nothing. */
export function basenameOf (html: string): string | undefined {
  return /__(?:reactRouter|remix)Context\s*=\s*\{[^<]*?"basename":"([^"]*)"/.exec(html)?.[1]
}

export interface BuiltFor {
  /** Browsers find the files of the build below it. */
  publicPath: string
  /** Pages that were made beforehand lie below a folder of this name. */
  basename: string
}

/** Names of the files that may be meant, the first that exists first. */
export function filesOf (target: string, { publicPath, basename }: BuiltFor): string[][] {
  const page = basename === '' ? [] : namesOf(target)
  return [...page, ...namesOf(belowBase(target, publicPath))]
}

function namesOf (target: string): string[][] {
  const parsed = parseTarget(target)
  if (parsed === undefined) return []
  const { names, isFolder } = parsed
  const index = [...names, 'index.html']
  return isFolder || names.length === 0 ? [index] : [names, index]
}
