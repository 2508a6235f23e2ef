// `npm run example:frameworks`: nine services of nine frameworks, installed, built and run in one process.
import { fileURLToPath } from 'node:url'
import { cli, install, portOption, run } from './example.ts'

const folder = fileURLToPath(new URL('../examples/frameworks/', import.meta.url))
const manifest = `${folder}wattapp.yaml`
// Frameworks report to their makers unless they are told not to.
const quiet = { NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1' }

const steps = [
  () => install(folder, 'examples/frameworks'),
  () => run(process.execPath, [cli, 'build', manifest], folder, quiet),
  () => run(process.execPath, [cli, 'run', manifest, ...portOption(), ...process.argv.slice(2)], process.cwd(), quiet)
]
for (const step of steps) {
  const code = await step()
  if (code !== 0) process.exit(code)
}
process.exit(0)
