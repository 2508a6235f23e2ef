// `wattapp build` of one workspace, installed by each package manager in its own layout: the app folder runs with everything else gone.
import assert from 'node:assert/strict'
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { running, wattapp } from '../../../test/cli/support.ts'
import type { BuildReport } from '../../../src/cli/build/report.ts'
import { runCommand } from '../support/command.ts'
import { installed } from '../support/install.ts'

const fixtures = join(import.meta.dirname, '../workspaces/fixtures')

const managers: Record<string, { command: string[], env?: Record<string, string> }> = {
  npm: { command: ['npm', 'ci', '--no-audit', '--no-fund'] },
  'npm, isolated': { command: ['npm', 'ci', '--no-audit', '--no-fund', '--install-strategy=linked'] },
  pnpm: { command: ['pnpm', 'install', '--frozen-lockfile'] },
  yarn: { command: ['yarn', 'install', '--immutable'] },
  'yarn, isolated': { command: ['yarn', 'install', '--immutable'], env: { YARN_NODE_LINKER: 'pnpm' } }
}

/** The greeting's code is built; what it is built from is what the fixture has. */
const buildScript = 'node -e "fs.mkdirSync(\'dist\', { recursive: true }); fs.copyFileSync(\'greeting.js\', \'dist/greeting.js\')"'

for (const [name, { command: [program = '', ...args], env = {} }] of Object.entries(managers)) {
  test(`a workspace that ${name} has installed is built, and its app folder runs alone`, async () => {
    const bin = join(await installed(join(fixtures, 'managers')), 'node_modules/.bin')
    const root = join(fixtures, '.built', `build-${name.replace(', ', '-')}`)
    for (const path of [root, `${root}-away`, `${root}-app`]) rmSync(path, { recursive: true, force: true })
    cpSync(join(fixtures, 'workspace'), root, { recursive: true, filter: (from) => !from.includes('node_modules') })
    // The lockfile says who installs; with three of them nobody could tell.
    for (const lockfile of ['package-lock.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'yarn.lock'].filter((file) => !filesOf(program).includes(file))) rmSync(join(root, lockfile))
    edit(join(root, 'packages/greeting/package.json'), (json) => ({ ...json, exports: './dist/greeting.js', scripts: { build: buildScript } }))
    await runCommand(program === 'npm' ? program : process.execPath, [...program === 'npm' ? [] : [join(bin, program)], ...args], { cwd: root, env })
    writeFileSync(join(root, 'wattapp.yaml'), `apiVersion: wattapp.dev/v1alpha1
kind: WattApp
metadata: { name: workspace }
spec:
  image: registry.example.com/workspace:1
  services:
    - { name: legacy, path: apps/legacy, routes: [{ pathPrefix: / }] }
    - { name: api, path: apps/api }
    - { name: data, path: apps/data, routes: [{ pathPrefix: /data, rewrite: / }] }
`)
    const path = { PATH: [bin, process.env.PATH].join(delimiter) }
    const { code, stdout, stderr } = await wattapp(['build', join(root, 'wattapp.yaml'), '-o', 'json'], { env: path })
    assert.equal(code, 0, stderr)
    const { packages, services } = JSON.parse(stdout) as BuildReport
    assert.deepEqual(packages.map(({ package: name, command, status }) => [name, command, status]), [['@workspace/greeting', `${program} run build`, 'built']])
    assert.deepEqual(services.map(({ status }) => status), ['asIs', 'asIs', 'asIs'])

    renameSync(join(root, '.wattapp/app'), `${root}-app`)
    renameSync(root, `${root}-away`)
    try {
      await using app = running(['run', `${root}-app`, '--port', '0', '--admin-port', '0'])
      const [, url = ''] = await app.line(/ is on (http:\S+)$/)
      await app.line(/ is ready; Ctrl\+C/)
      assert.equal(await (await fetch(url)).text(), 'hello from express 4, an hour is 3600000 ms; hello from express, an hour is 3600000 ms')
      assert.deepEqual(await (await fetch(`${url}/data/posts/1`)).json(), { id: 1, title: 'one' })
    } finally {
      for (const left of [`${root}-away`, `${root}-app`]) rmSync(left, { recursive: true, force: true })
    }
  })
}

function filesOf (program: string): string[] {
  return { npm: ['package-lock.json'], pnpm: ['pnpm-lock.yaml', 'pnpm-workspace.yaml'], yarn: ['yarn.lock'] }[program] ?? []
}

function edit (file: string, change: (json: Record<string, unknown>) => Record<string, unknown>): void {
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)))
}
