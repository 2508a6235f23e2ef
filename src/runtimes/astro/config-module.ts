// Gives the configs that Astro loads a base. The config's file may be of any kind, or missing: what is wrapped is Astro's own check of
// it. A flag of the command line would come before the config's own base.
import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { basePathOf, withBasePath, type AstroConfig } from './base-path.ts'

const wrap = 'wattapp.astro.config'

/** What Astro goes by, once it has loaded its config. */
export interface BasePath { basePath: string, isGiven: boolean }

/** Beside what was built, for whoever serves it: the base that was given. Browsers never get to see a file of such a name. */
export const givenFile = '.wattapp.json'

/** For whatever of Astro is loaded from now on in this thread. */
export function giveBasePath (wanted: string): BasePath {
  const had: BasePath = { basePath: '', isGiven: false }
  Reflect.set(globalThis, Symbol.for(wrap), (own: AstroConfig): AstroConfig => {
    const config = withBasePath(own, wanted)
    had.basePath = basePathOf(config)
    had.isGiven = config !== own
    return had.isGiven ? { ...config, integrations: [...config.integrations ?? [], noteBasePath(wanted)] } : config
  })
  registerHooks({
    load (url, context, nextLoad) {
      // `validateConfig (config, root, command)`, the same in Astro 5 to 7.
      if (!/\/astro\/dist\/core\/config\/validate\.js$/.test(url)) return nextLoad(url, context)
      const own = JSON.stringify(`${url}?own`)
      const source = `export * from ${own}
import { validateConfig as own } from ${own}
export const validateConfig = (config, ...rest) => own(globalThis[Symbol.for('${wrap}')](config), ...rest)
`
      return { format: 'module', source, shortCircuit: true }
    }
  })
  return had
}

/** An integration: https://docs.astro.build/en/reference/integrations-reference/ */
function noteBasePath (basePath: string): object {
  let folder: URL | undefined
  return {
    name: 'wattapp:base',
    hooks: {
      'astro:config:done': ({ config }: { config: { outDir: URL } }) => { folder = config.outDir },
      'astro:build:done': () => { if (folder !== undefined) writeFileSync(new URL(givenFile, folder), JSON.stringify({ basePath })) }
    }
  }
}
