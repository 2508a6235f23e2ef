// The app folder that `wattapp build` writes: what production needs, in each layout of packages, and nothing that leads out of it.
import assert from 'node:assert/strict'
import { existsSync, globSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { writeAppFolder } from '../../src/cli/build/app-folder.ts'
import type { BuildReport } from '../../src/cli/build/report.ts'
import { writeFiles, type Files } from './files.ts'
import { running, temporaryFolder, wattapp } from './support.ts'

function app (services: unknown[]): unknown {
  return { apiVersion: 'wattapp.dev/v1alpha1', kind: 'WattApp', metadata: { name: 'shop' }, spec: { image: 'shop:1', services } }
}

/** A package that names itself, and what it depends on. */
function pack (folder: string, name: string, dependencies: string[] = [], more: Files = {}): Files {
  return {
    [`${folder}/package.json`]: { name, version: '1.0.0', main: 'index.js', dependencies: Object.fromEntries(dependencies.map((one) => [one, '*'])), ...more },
    [`${folder}/index.js`]: `module.exports = [${JSON.stringify(name + (more.version === undefined ? '' : `@${String(more.version)}`))}, ${dependencies.map((one) => `...require('${one}')`).join(', ')}]\n`
  }
}

/** It answers with the names of all packages that it has loaded. */
function server (folder: string, dependencies: string[], more: Files = {}): Files {
  return {
    [`${folder}/package.json`]: { name: folder.split('/').at(-1), main: 'index.js', dependencies: Object.fromEntries(dependencies.map((one) => [one, '*'])), ...more },
    [`${folder}/index.js`]: `const names = [${dependencies.map((one) => `...require('${one}')`).join(', ')}]\nmodule.exports = { fetch: () => Response.json(names) }\n`
  }
}

interface Layout { files: Files, links?: Record<string, string>, manifest?: string, answers: string[], has: string[], lacks: string[] }

const layouts: Record<string, Layout> = {
  'packages side by side, with another version further in': {
    files: {
      ...server('web', ['a', 'b'], { devDependencies: { tool: '*' } }),
      ...pack('node_modules/a', 'a', ['c']),
      ...pack('node_modules/b', 'b', ['c']),
      ...pack('node_modules/b/node_modules/c', 'c', [], { version: '2.0.0' }),
      ...pack('node_modules/c', 'c'),
      'node_modules/c/index.d.ts': 'export {}',
      'node_modules/c/index.js.map': '{}',
      ...pack('node_modules/tool', 'tool')
    },
    answers: ['a', 'c', 'b', 'c@2.0.0'],
    has: ['node_modules/b/node_modules/c/index.js'],
    lacks: ['node_modules/tool', 'node_modules/c/index.d.ts', 'node_modules/c/index.js.map']
  },
  'a workspace, whose packages are links': {
    files: {
      'package.json': { private: true, workspaces: ['packages/*', 'web'], devDependencies: { tool: '*' } },
      ...server('web', ['@shop/look']),
      ...pack('packages/look', '@shop/look', ['a']),
      ...pack('packages/unused', '@shop/unused', ['tool']),
      ...pack('node_modules/a', 'a'),
      ...pack('node_modules/tool', 'tool')
    },
    links: { 'node_modules/@shop/look': 'packages/look', 'node_modules/@shop/unused': 'packages/unused' },
    answers: ['@shop/look', 'a'],
    has: ['packages/look/index.js'],
    lacks: ['node_modules/tool', 'packages/unused', 'node_modules/@shop/unused']
  },
  'packages behind links, as pnpm lays them out': {
    files: {
      'pnpm-workspace.yaml': "packages: ['packages/*', 'web']",
      'pnpm-lock.yaml': '',
      ...server('web', ['a', '@shop/look']),
      ...pack('packages/look', '@shop/look', ['b']),
      ...pack('node_modules/.pnpm/a@1.0.0_c@1.0.0/node_modules/a', 'a', [], { peerDependencies: { c: '*', tool: '*' }, peerDependenciesMeta: { tool: { optional: true } } }),
      'node_modules/.pnpm/a@1.0.0_c@1.0.0/node_modules/a/index.js': "module.exports = ['a', ...require('c')]",
      ...pack('node_modules/.pnpm/b@1.0.0/node_modules/b', 'b'),
      ...pack('node_modules/.pnpm/c@1.0.0/node_modules/c', 'c'),
      ...pack('node_modules/.pnpm/tool@1.0.0/node_modules/tool', 'tool')
    },
    links: {
      'web/node_modules/a': 'node_modules/.pnpm/a@1.0.0_c@1.0.0/node_modules/a',
      'web/node_modules/@shop/look': 'packages/look',
      'packages/look/node_modules/b': 'node_modules/.pnpm/b@1.0.0/node_modules/b',
      'node_modules/.pnpm/a@1.0.0_c@1.0.0/node_modules/c': 'node_modules/.pnpm/c@1.0.0/node_modules/c',
      'node_modules/.pnpm/a@1.0.0_c@1.0.0/node_modules/tool': 'node_modules/.pnpm/tool@1.0.0/node_modules/tool'
    },
    answers: ['a', 'c', '@shop/look', 'b'],
    has: ['web/node_modules/a', 'node_modules/.pnpm/b@1.0.0/node_modules/b/package.json'],
    lacks: ['node_modules/.pnpm/tool@1.0.0']
  },
  'an app deep in a workspace, whose packages lie above it': {
    files: {
      'package.json': { private: true, workspaces: ['packages/*', 'apps/shop/web'] },
      ...server('apps/shop/web', ['@shop/look', 'a']),
      ...pack('packages/look', '@shop/look', ['b']),
      ...pack('node_modules/a', 'a', ['b']),
      ...pack('node_modules/b', 'b', [], { version: '1.0.0' }),
      ...pack('node_modules/tool', 'tool')
    },
    links: { 'node_modules/@shop/look': 'packages/look' },
    manifest: 'apps/shop/wattapp.json',
    answers: ['@shop/look', 'b@1.0.0', 'a', 'b@1.0.0'],
    has: ['web/index.js'],
    lacks: ['node_modules/tool']
  },
  'packages that the workspace has for all of its members': {
    files: {
      'package.json': { private: true, workspaces: ['web'], dependencies: { a: '*' } },
      'web/package.json': { name: 'web' },
      'web/index.js': "const names = require('a')\nmodule.exports = { fetch: () => Response.json(names) }",
      ...pack('node_modules/a', 'a', ['typescript']),
      ...pack('node_modules/typescript', 'typescript'),
      'node_modules/typescript/lib.d.ts': ''
    },
    answers: ['a', 'typescript'],
    has: ['node_modules/a/package.json', 'node_modules/typescript/lib.d.ts'],
    lacks: []
  },
  'a package that is listed by itself': {
    files: {
      'node_modules/web/package.json': { name: 'web', version: '1.0.0', bin: './index.js', dependencies: { a: '*' } },
      'node_modules/web/index.js': "#!/usr/bin/env node\nconst names = require('a')\nrequire('node:http').createServer((_, response) => response.end(JSON.stringify(names))).listen(process.env.PORT)",
      ...pack('node_modules/a', 'a'),
      ...pack('node_modules/tool', 'tool')
    },
    answers: ['a'],
    has: ['node_modules/web/index.js'],
    lacks: ['node_modules/tool']
  }
}

for (const [name, { files, links = {}, manifest = 'wattapp.json', answers, has, lacks }] of Object.entries(layouts)) {
  test(`${name}: found in the app folder alone`, { timeout: 120_000 }, async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const path = name.includes('by itself') ? 'node_modules/web' : 'web'
    writeFiles(source, { ...files, [manifest]: app([{ name: 'web', path, routes: [{ pathPrefix: '/' }] }]) })
    for (const [at, to] of Object.entries(links)) link(source, at, to)
    const out = await builtTo(join(source, manifest))
    // Nothing of it is needed any more.
    const alone = join(folder.path, 'alone')
    renameSync(out, alone)
    renameSync(source, join(folder.path, 'away'))
    assert.deepEqual([has.filter((file) => !existsSync(join(alone, file))), lacks.filter((file) => existsSync(join(alone, file)))], [[], []])
    assertClosed(alone)
    assert.deepEqual(JSON.parse(await answerOf(alone)), answers)
  })
}

test('of what a framework has built only that goes along, of another service every file but secrets', async () => {
  await using folder = await temporaryFolder()
  writeFiles(folder.path, {
    'site/package.json': { scripts: { build: 'node build.cjs' }, dependencies: { a: '*' }, devDependencies: { vite: '8' } },
    'site/build.cjs': "const fs = require('node:fs'); fs.mkdirSync('dist/assets', { recursive: true }); fs.writeFileSync('dist/index.html', '<h1>site</h1>'); fs.writeFileSync('dist/assets/x.js', '')",
    'site/index.html': '<script type="module" src="/src/main.js">',
    'site/src/main.js': '',
    'web/index.js': 'export default { fetch: () => new Response("web") }',
    'web/package.json': { type: 'module' },
    'web/views/page.html': '<p>',
    'web/test/index.test.js': '',
    'web/.env': 'PASSWORD=1',
    'web/.npmrc': '//registry/:_authToken=1',
    'web/.well-known/security.txt': 'mail us',
    'web/.git/HEAD': 'ref',
    ...pack('node_modules/a', 'a'),
    ...pack('node_modules/vite', 'vite'),
    'wattapp.yaml': `${JSON.stringify(app([{ name: 'site', path: 'site', routes: [{ pathPrefix: '/' }] }, { name: 'web', path: 'web', env: [{ name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'words', key: 'greeting' } } }] }]))}
---
{ apiVersion: v1, kind: ConfigMap, metadata: { name: words }, data: { greeting: hello } }
---
{ apiVersion: v1, kind: Secret, metadata: { name: passwords }, stringData: { one: 'open sesame' } }
`
  })
  const { code, stdout } = await wattapp(['build', join(folder.path, 'wattapp.yaml'), '-o', 'json'])
  const { out, notes } = JSON.parse(stdout) as BuildReport
  assert.equal(code, 0)
  assert.deepEqual(filesIn(out ?? ''), [
    '.wattapp-app.json', 'site/dist/assets/x.js', 'site/dist/index.html', 'site/index.html', 'site/package.json',
    'wattapp.yaml', 'web/.well-known/security.txt', 'web/index.js', 'web/package.json', 'web/test/index.test.js', 'web/views/page.html'
  ])
  assert.deepEqual(notes, ['left out of the app folder, as they may hold secrets: web/.env, web/.npmrc', 'left out of its manifest: the Secret passwords'])
  const manifest = readFileSync(join(out ?? '', 'wattapp.yaml'), 'utf8')
  assert.match(manifest, /kind: ConfigMap/)
  assert.doesNotMatch(manifest, /open sesame/)
})

test('links that a build has written to packages lead to where those lie in the app folder', async () => {
  await using folder = await temporaryFolder()
  const source = join(folder.path, 'source')
  writeFiles(source, {
    'package.json': { private: true, workspaces: ['apps/shop/web'] },
    'apps/shop/web/package.json': { scripts: { build: 'node build.cjs' }, dependencies: { next: '16', a: '*' } },
    'apps/shop/web/build.cjs': `const fs = require('node:fs')
fs.mkdirSync('.next/cache', { recursive: true })
fs.mkdirSync('.next/node_modules')
fs.writeFileSync('.next/cache/x', '')
fs.writeFileSync('.next/BUILD_ID', '1')
fs.writeFileSync('.next/required-server-files.json', '{}')
fs.symlinkSync('../../../../../node_modules/a', '.next/node_modules/a-1234')
`,
    ...pack('node_modules/next', 'next'),
    ...pack('node_modules/a', 'a', ['b']),
    ...pack('node_modules/b', 'b'),
    'apps/shop/wattapp.json': app([{ name: 'web', path: 'web' }])
  })
  const out = await builtTo(join(source, 'apps/shop/wattapp.json'))
  const alone = join(folder.path, 'alone')
  renameSync(out, alone)
  renameSync(source, join(folder.path, 'away'))
  assertClosed(alone)
  assert.deepEqual(createRequire(join(alone, 'web/.next/server.js'))('a-1234'), ['a', 'b'])
  assert.ok(!existsSync(join(alone, 'web/.next/cache')))
})

test('it is written again only when something of it has changed, and keeps nothing that went', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'wattapp.json')
  writeFiles(folder.path, { 'web/index.js': 'export default { fetch: () => new Response("x") }', 'web/old.txt': '', 'wattapp.json': app([{ name: 'web', path: 'web' }]) })
  const build = async (): Promise<BuildReport> => JSON.parse((await wattapp(['build', file, '-o', 'json'])).stdout) as BuildReport
  assert.equal((await build()).isOutChanged, true)
  assert.equal((await build()).isOutChanged, false)
  rmSync(join(folder.path, 'web/old.txt'))
  assert.equal((await build()).isOutChanged, true)
  assert.deepEqual(filesIn(join(folder.path, '.wattapp/app')), ['.wattapp-app.json', 'wattapp.yaml', 'web/index.js'])
  assert.equal(readFileSync(join(folder.path, '.wattapp/.gitignore'), 'utf8'), '*\n')
})

test('one that is interrupted leaves the old one whole, and what a killed build has left is removed', async () => {
  await using folder = await temporaryFolder()
  const out = join(folder.path, 'app')
  writeFiles(folder.path, { 'index.js': 'one' })
  const contents = { files: new Map([['index.js', join(folder.path, 'index.js')]]), packages: [], links: new Map<string, string>(), leftOut: [], missing: [] }
  const { signal } = new AbortController()
  await writeAppFolder({ out, root: folder.path, manifest: 'first', contents, signal })
  // Ids of processes end far below this one.
  writeFiles(folder.path, { 'app.tmp-999999999/half.js': '' })
  await assert.rejects(writeAppFolder({ out, root: folder.path, manifest: 'second', contents, signal: AbortSignal.abort() }), { name: 'AbortError' })
  assert.deepEqual([readFileSync(join(out, 'wattapp.yaml'), 'utf8'), readFileSync(join(out, 'index.js'), 'utf8')], ['first', 'one'])
  assert.deepEqual(readdirSync(folder.path).toSorted(), ['app', 'index.js'])
})

test('a folder that is not one of these is not overwritten, an empty one is filled', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'wattapp.json')
  writeFiles(folder.path, { 'web/index.js': 'export default { fetch: () => new Response("x") }', 'wattapp.json': app([{ name: 'web', path: 'web' }]), 'mine/thesis.txt': 'all of it' })
  mkdirSync(join(folder.path, 'empty'))
  const refused = await wattapp(['build', file, '--out', join(folder.path, 'mine')])
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /mine is not empty, and no app folder.*\(WATT_BUILD_OUT_NOT_OURS\)/)
  assert.deepEqual(filesIn(join(folder.path, 'mine')), ['thesis.txt'])
  const around = await wattapp(['build', file, '--out', folder.path])
  assert.match(around.stderr, /\(WATT_BUILD_OUT_AROUND\)/)
  assert.equal((await wattapp(['build', file, '--out', join(folder.path, 'empty')])).code, 0)
  assert.ok(existsSync(join(folder.path, 'empty/wattapp.yaml')))
})

test('a place that cannot be written to is told', async () => {
  await using folder = await temporaryFolder()
  writeFiles(folder.path, { 'web/index.js': 'export default { fetch: () => new Response("x") }', 'wattapp.json': app([{ name: 'web', path: 'web' }]), file: '' })
  const { code, stderr } = await wattapp(['build', join(folder.path, 'wattapp.json'), '--out', join(folder.path, 'file/app')])
  assert.equal(code, 1)
  assert.match(stderr, /file\/app cannot be written: .*\(WATT_BUILD_UNWRITABLE\)\n {2}remedy: /)
})

test('an app folder is no part of the app around it, nor a reason to build again', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'wattapp.json')
  writeFiles(folder.path, {
    'package.json': { main: 'out/index.js', type: 'module', scripts: { build: 'mkdir -p out && cp index.js out' } },
    'index.js': 'export default { fetch: () => new Response("x") }',
    'mine.config.js': '',
    'wattapp.json': app([{ name: 'web', path: '.' }])
  })
  const build = async (...more: string[]): Promise<BuildReport> => JSON.parse((await wattapp(['build', file, '-o', 'json', ...more])).stdout) as BuildReport
  await build('--out', join(folder.path, 'mine'))
  const again = await build()
  assert.deepEqual([again.services[0]?.status, filesIn(again.out ?? '')], ['cached', ['.wattapp-app.json', 'index.js', 'mine.config.js', 'out/index.js', 'package.json', 'wattapp.yaml']])
})

/** Resolves with the app folder. */
async function builtTo (file: string): Promise<string> {
  const { code, stdout, stderr } = await wattapp(['build', file, '-o', 'json'])
  assert.equal(code, 0, stderr)
  return (JSON.parse(stdout) as BuildReport).out ?? ''
}

async function answerOf (folder: string): Promise<string> {
  await using app = running(['run', folder, '--port', '0', '--admin-port', '0'])
  const [, url = ''] = await app.line(/ is on (http:\S+)$/)
  await app.line(/ is ready; Ctrl\+C/)
  return await (await fetch(url)).text()
}

function filesIn (folder: string): string[] {
  return globSync('**/*', { cwd: folder, withFileTypes: true }).concat(globSync('**/.*/**', { cwd: folder, withFileTypes: true }), globSync('**/.*', { cwd: folder, withFileTypes: true }))
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).toSorted().filter((path, index, all) => path !== all[index - 1])
}

/** No link leads nowhere, or out of the folder, or depends on where that is. */
function assertClosed (folder: string): void {
  for (const entry of globSync('{.,**,**/.*,**/.*/**}/*', { cwd: folder, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!lstatSync(path).isSymbolicLink()) continue
    assert.ok(realpathSync(path).startsWith(`${realpathSync(folder)}/`), path)
    assert.ok(!readlinkSync(path).startsWith('/'), path)
  }
}

function link (root: string, at: string, to: string): void {
  mkdirSync(dirname(join(root, at)), { recursive: true })
  symlinkSync(join('../'.repeat(at.split('/').length - 1), to), join(root, at))
}
