// Gives apps whose configs have no base path one, without a word in them: what is changed is a default in the framework's own tools.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { withDefaults } from './base-path.ts'

/** Of the packages that read the configs. */
const tools = /\/@(?:react-router|remix-run)\/dev\/dist\/.*\.[cm]?js$/

/** For whatever is loaded from now on in this thread. */
export function giveBasePath (basePath: string): void {
  if (basePath === '') return
  registerHooks({
    load (url, context, nextLoad) {
      if (!url.startsWith('file:') || !tools.test(url)) return nextLoad(url, context)
      const loaded = nextLoad(url, context)
      return { ...loaded, source: withDefaults(readFileSync(fileURLToPath(url), 'utf8'), basePath) }
    }
  })
}
