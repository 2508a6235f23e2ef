// The fixture as Watt has it: installed, built by Watt's own build, and started by `wattpm start`, in a copy that the test may write into.
import { createHash } from 'node:crypto'
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { running } from '../../../test/cli/support.ts'
import { freePort } from '../support/app.ts'
import { runCommand } from '../support/command.ts'
import { installed, stampOf } from '../support/install.ts'
import { until } from '../../support/wait.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const sources = join(fixtures, 'shop')
export const shop = join(fixtures, '.built/shop')
const wattpm = join(shop, 'node_modules/wattpm/bin/cli.js')

/** One build for both sides, made anew only when a source has changed. */
export async function buildShop (): Promise<void> {
  await installed(sources)
  const hash = createHash('sha256')
  const files = globSync(['**/*', '.env'], { cwd: sources, withFileTypes: true, exclude: ({ name }) => name === 'node_modules' })
  for (const file of files.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort()) hash.update(`\0${relative(sources, file)}\0`).update(readFileSync(file))
  const wanted = hash.digest('hex')
  const stamp = `${shop}.stamp`
  if (stampOf(stamp) === wanted) return
  rmSync(stamp, { force: true })
  rmSync(shop, { recursive: true, force: true })
  cpSync(sources, shop, { recursive: true, filter: (from) => from !== join(sources, 'node_modules') })
  await runCommand('cp', ['-al', join(sources, 'node_modules'), join(shop, 'node_modules')], { cwd: sources })
  await runCommand(process.execPath, [wattpm, 'build'], { cwd: shop })
  writeFileSync(stamp, wanted)
}

export interface Side extends AsyncDisposable { url: string, log: () => string }

export async function startWatt (): Promise<Side> {
  const url = `http://127.0.0.1:${await setPort()}`
  const child = running(['start'], { program: wattpm, cwd: shop, env: { NEXT_TELEMETRY_DISABLED: '1' } })
  const log = (): string => child.lines.join('\n')
  await Promise.race([
    until('an answer of Watt', async () => (await fetch(`${url}/api/catalog`)).ok),
    child.ended.then(() => { throw new Error(`wattpm start ended:\n${log()}`) })
  ])
  return { url, log, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
}

/** In its .env, which Watt believes more than the environment. */
async function setPort (): Promise<number> {
  const port = await freePort()
  const file = join(shop, '.env')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^PORT=.*$/m, `PORT=${port}`))
  return port
}
