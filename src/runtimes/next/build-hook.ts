// Preloaded (node --import) into the processes of a `next build` for a service whose route has a prefix: WATTAPP_BASE_PATH.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { wrapConfigModule, type ConfigModule } from './config-module.ts'

const basePath = process.env.WATTAPP_BASE_PATH ?? ''
const wrap = Symbol.for('wattapp.next.wrapConfig')

if (basePath !== '') {
  Reflect.set(globalThis, wrap, (module: ConfigModule) => wrapConfigModule(module, basePath))
  registerHooks({
    load (url, context, nextLoad) {
      if (!/\/next\/dist\/server\/config\.js$/.test(url)) return nextLoad(url, context)
      const source = `${readFileSync(fileURLToPath(url), 'utf8')}\n;globalThis[Symbol.for(${JSON.stringify(wrap.description)})](module.exports);`
      return { format: 'commonjs', source, shortCircuit: true }
    }
  })
}
