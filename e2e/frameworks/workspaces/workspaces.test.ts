// One workspace, installed by each package manager in its own layout: hoisted, isolated by links, and as Yarn lays it out.
import assert from 'node:assert/strict'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startApp } from '../support/app.ts'
import { runCommand } from '../support/command.ts'
import { installed } from '../support/install.ts'

const fixtures = join(import.meta.dirname, 'fixtures')

interface Manager {
  /** A program of `fixtures/managers`, and its arguments. */
  command: string[]
  env?: Record<string, string>
}

const managers: Record<string, Manager> = {
  npm: { command: ['npm', 'ci', '--no-audit', '--no-fund'] },
  'npm, isolated': { command: ['npm', 'ci', '--no-audit', '--no-fund', '--install-strategy=linked'] },
  pnpm: { command: ['pnpm', 'install', '--frozen-lockfile'] },
  yarn: { command: ['yarn', 'install', '--immutable'] },
  'yarn, isolated': { command: ['yarn', 'install', '--immutable'], env: { YARN_NODE_LINKER: 'pnpm' } }
}

for (const [name, { command: [program = '', ...args], env = {} }] of Object.entries(managers)) {
  test(`a workspace that ${name} has installed runs as it is`, async () => {
    const own = join(await installed(join(fixtures, 'managers')), 'node_modules/.bin', program)
    const root = join(fixtures, '.built', name.replace(', ', '-'))
    rmSync(root, { recursive: true, force: true })
    cpSync(join(fixtures, 'workspace'), root, { recursive: true })
    await runCommand(program === 'npm' ? program : process.execPath, [...program === 'npm' ? [] : [own], ...args], { cwd: root, env })

    await using app = await startApp({
      root,
      services: {
        legacy: { path: 'apps/legacy', prefix: '/' },
        api: { path: 'apps/api' },
        data: { path: 'apps/data', routes: [{ host: '*', pathPrefix: '/data', rewrite: '/' }] }
      }
    })
    assert.equal(await (await app.get('/')).text(), 'hello from express 4, an hour is 3600000 ms; hello from express, an hour is 3600000 ms')
    assert.deepEqual(await (await app.get('/data/posts/1')).json(), { id: 1, title: 'one' })
  })
}
