// What a server build of Astro says of itself: the manifest that its build has written into one of its files. Pure.

export interface Manifest {
  /** The package that the build was made for: "@astrojs/node". */
  adapter: string | undefined
  /** "/shop", "" for none. */
  basePath: string
  trailingSlash: TrailingSlash
  /** Where hashed files are, below the client's folder; Astro 5 does not say it here. */
  assets: string | undefined
}

/** https://docs.astro.build/en/reference/configuration-reference/#trailingslash */
export type TrailingSlash = 'always' | 'never' | 'ignore'

/**
 * Undefined: it is not in this file. It stands there as JSON (`deserializeManifest({…})`), even where the rest is minified: Astro puts it
 * in at the end. Within a string of it a quote is escaped, so that what looks like a field is one.
 */
export function readManifest (source: string): Manifest | undefined {
  // The first field in Astro 7, and in Astro 5.
  const at = source.search(/\(\{"(?:rootDir|hrefRoot)":"/)
  if (at < 0) return undefined
  const json = source.slice(at)
  const [, base = '/', slash = 'ignore'] = /"base":"([^"\\]*)","trailingSlash":"(\w+)"/.exec(json) ?? []
  return {
    adapter: /"adapterName":"([^"\\]*)"/.exec(json)?.[1],
    basePath: base.replace(/\/+$/, ''),
    trailingSlash: slash === 'always' || slash === 'never' ? slash : 'ignore',
    assets: /"assetsDir":"([^"\\]*)"/.exec(json)?.[1]
  }
}
