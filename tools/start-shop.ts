// `npm start`: the shop of examples/ on this machine, its packages installed first where they are missing or stale.
import { fileURLToPath } from 'node:url'
import { cli, install, portOption, run } from './example.ts'

const shop = fileURLToPath(new URL('../examples/shop/', import.meta.url))

const code = await install(shop, 'examples/shop')
if (code !== 0) process.exit(code)

process.exit(await run(process.execPath, [cli, 'run', `${shop}wattapp.yaml`, ...portOption(), ...process.argv.slice(2)]))
