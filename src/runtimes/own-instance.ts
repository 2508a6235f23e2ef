// A module instance of its own for another service of the same entry file: in one thread Node runs a file once. What the file imports
// stays shared.
import { createRequire, registerHooks } from 'node:module'
import { realpathSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

export interface OwnInstance {
  /** Of the ES module, also in its stacks. */
  url: string
  /** When it has been loaded. */
  close: () => void
}

/**
 * The entry of a thread that is loaded next is a new instance of `path`, as ES module under a URL of its own,
 * as CommonJS in the place of the one before.
 */
export function ownInstance (service: string, path: string): OwnInstance {
  const file = realpathSync(path)
  const plain = pathToFileURL(file).href
  const url = `${plain}?service=${service}`
  Reflect.deleteProperty(createRequire(file).cache, file)
  // A query by itself makes an instance too, but none that Node calls the main one.
  const hooks = registerHooks({
    resolve (specifier, context, next) {
      const resolved = next(specifier, context)
      return specifier === plain && context.parentURL === undefined ? { ...resolved, url } : resolved
    },
    load (asked, context, next) {
      const loaded = next(asked, context)
      if (asked !== url) return loaded
      // Every other module that the entry imports is loaded without them.
      hooks.deregister()
      return { ...loaded, source: withPlainUrl(textOf(loaded.source), plain) }
    }
  })
  return { url, close: () => hooks.deregister() }
}

/** Programs compare it with process.argv[1] to see whether they are the main one. No line moves, and the first one only where it must. */
function withPlainUrl (source: string, url: string): string {
  if (!source.includes('import.meta.url')) return source
  const [hashbang = ''] = /^#![^\n]*\n?/.exec(source) ?? []
  return `${hashbang}import.meta.url=${JSON.stringify(url)};${source.slice(hashbang.length)}`
}

function textOf (source: string | NodeJS.ArrayBufferView | ArrayBuffer | undefined | null): string {
  if (typeof source === 'string') return source
  return source === undefined || source === null ? '' : new TextDecoder().decode(source)
}
