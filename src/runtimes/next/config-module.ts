// Gives the configs that Next loads what they do not say: a base path, and for a build its id. The config's file may be of any kind,
// or missing: what is wrapped is Next's own loader.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { withBasePath, withBuildId, type NextConfig } from './base-path.ts'
import { withLocalOrigins } from './development-config.ts'

/** Exports of `next/dist/server/config`, the same in Next 15 and 16; they can be read, and not be replaced. */
interface ConfigModule { default: (...args: unknown[]) => Promise<NextConfig> }

const wrap = 'wattapp.next.config'

/** What Next goes by, once it has loaded its config. */
export interface BasePath { basePath: string, isGiven: boolean }

/** For whatever of Next is loaded from now on in this thread. Empty: nothing is given. */
export function completeConfigs (wanted: { basePath: string, buildId?: string, isDevelopment?: boolean }): BasePath {
  const had: BasePath = { basePath: '', isGiven: false }
  Reflect.set(globalThis, Symbol.for(wrap), (module: ConfigModule): ConfigModule => {
    async function load (...args: unknown[]): Promise<NextConfig> {
      const built = withBuildId(withBasePath(await module.default(...args), wanted.basePath), wanted.buildId ?? '')
      const config = wanted.isDevelopment === true ? withLocalOrigins(built) : built
      had.basePath = config.basePath ?? ''
      had.isGiven = config.givenBasePath !== undefined
      return config
    }
    return Object.defineProperty({ ...module, default: load }, '__esModule', { value: true })
  })
  registerHooks({
    load (url, context, nextLoad) {
      if (!/\/next\/dist\/server\/config\.js$/.test(url)) return nextLoad(url, context)
      const source = `${readFileSync(fileURLToPath(url), 'utf8')}\n;module.exports = globalThis[Symbol.for('${wrap}')](module.exports);\n`
      return { format: 'commonjs', source, shortCircuit: true }
    }
  })
  return had
}
