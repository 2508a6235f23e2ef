// `wattapp build` on small packages: real `npm run`, packages laid out as npm would.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { BuildReport } from '../../src/cli/build/report.ts'
import { writeFiles, type Files } from './files.ts'
import { running, temporaryFolder, wattapp, type StartOptions } from './support.ts'

type Project = AsyncDisposable & { path: string, file: string }

/** A build that copies, and notes that it ran. */
const compile = `const fs = require('node:fs')
fs.mkdirSync('dist', { recursive: true })
fs.writeFileSync('dist/main.js', fs.readFileSync('main.js', 'utf8').replace('LOOK', process.env.LOOK ?? 'plain'))
fs.appendFileSync(require('node:path').join(__dirname, 'runs.log'), 'run\\n')
console.log('compiled on ' + process.version)
`
const page = "export default { fetch: () => new Response('LOOK') }"

function service (name: string, more: Files = {}): unknown {
  return { name, path: name, routes: [{ pathPrefix: `/${name}` }], ...more }
}

function app (services: unknown[]): unknown {
  return { apiVersion: 'wattapp.dev/v1alpha1', kind: 'WattApp', metadata: { name: 'shop' }, spec: { image: 'shop:1', services } }
}

/** A service that is built. */
function built (folder: string, json: Files = {}): Files {
  return {
    [`${folder}/package.json`]: { name: folder.split('/').at(-1), type: 'module', main: 'dist/main.js', scripts: { build: 'node build.cjs' }, ...json },
    [`${folder}/build.cjs`]: compile,
    [`${folder}/main.js`]: page
  }
}

async function project (files: Files, manifest = 'wattapp.json'): Promise<Project> {
  const folder = await temporaryFolder()
  writeFiles(folder.path, { '.gitignore': 'node_modules\n', 'package-lock.json': '{}', ...files })
  mkdirSync(join(folder.path, '.git'))
  return { path: folder.path, file: join(folder.path, manifest), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

async function build ({ file }: Project, args: string[] = [], options: StartOptions = {}): Promise<BuildReport & { code: number | null, stderr: string }> {
  const { code, stdout, stderr } = await wattapp(['build', file, '-o', 'json', ...args], options)
  const nothing = { app: '', out: null, isOutChanged: false, durationMs: 0, services: [], packages: [], notes: [], problem: null }
  return { ...nothing, ...(stdout === '' ? {} : JSON.parse(stdout) as BuildReport), code, stderr }
}

function statuses ({ services, packages }: BuildReport): Record<string, string> {
  return Object.fromEntries([...packages.map((one) => [one.package, one.status]), ...services.map((one) => [one.service, one.status])])
}

/** How often it was built. */
function runs ({ path }: Project, folder: string): number {
  try {
    return readFileSync(join(path, folder, 'runs.log'), 'utf8').split('\n').length - 1
  } catch {
    return 0
  }
}

test('services are built once, and again only when something of them has changed', async () => {
  await using shop = await project({ ...built('web'), ...built('api'), 'plain/index.js': page, 'wattapp.json': app([service('web'), service('api'), service('plain')]) })
  const first = await build(shop)
  assert.deepEqual([first.code, statuses(first)], [0, { web: 'built', api: 'built', plain: 'asIs' }], first.stderr)
  assert.deepEqual(statuses(await build(shop)), { web: 'cached', api: 'cached', plain: 'asIs' })
  writeFiles(shop.path, { 'web/main.js': page.replace('LOOK', 'new') })
  assert.deepEqual(statuses(await build(shop)), { web: 'built', api: 'cached', plain: 'asIs' })
  assert.deepEqual([runs(shop, 'web'), runs(shop, 'api')], [2, 1])
})

const changes: Record<string, (shop: Project) => { args?: string[], env?: Record<string, string> }> = {
  'an output that was removed': ({ path }) => { rmSync(join(path, 'web/dist/main.js')); return {} },
  'an output that was changed': ({ path }) => { writeFiles(path, { 'web/dist/main.js': '// by hand' }); return {} },
  'a lockfile that was changed': ({ path }) => { writeFiles(path, { 'package-lock.json': '{ "lockfileVersion": 3 }' }); return {} },
  'an .env file that git ignores': ({ path }) => { writeFiles(path, { 'web/.env': 'LOOK=1' }); return {} },
  'a variable that a source names': () => ({ env: { LOOK: 'dark' } }),
  'a variable of the manifest': ({ path }) => { writeFiles(path, { 'wattapp.json': app([service('web', { env: [{ name: 'LOOK', value: 'bright' }] })]) }); return {} },
  'another script': ({ path }) => { writeFiles(path, built('web', { scripts: { build: 'node ./build.cjs' } })); return {} },
  'a file of the workspace that packages inherit': ({ path }) => { writeFiles(path, { 'tsconfig.base.json': '{}' }); return {} },
  'a new source': ({ path }) => { writeFiles(path, { 'web/src/more.js': '' }); return {} },
  '--no-cache': () => ({ args: ['--no-cache'] })
}

for (const [name, change] of Object.entries(changes)) {
  test(`${name} has it built again`, async () => {
    await using shop = await project({ '.gitignore': 'node_modules\n.env\n', ...built('web'), 'wattapp.json': app([service('web')]) })
    await build(shop)
    const { args = [], env = {} } = change(shop)
    const second = await build(shop, args, { env })
    assert.deepEqual([second.code, statuses(second), runs(shop, 'web')], [0, { web: 'built' }, 2], second.stderr)
  })
}

const noChanges: Record<string, (shop: Project) => { env?: Record<string, string> }> = {
  'a variable that nothing names': () => ({ env: { SESSION_OF_SOMEONE: '4711' } }),
  'a file that git ignores': ({ path }) => { writeFiles(path, { 'web/notes.local': 'x' }); return {} },
  'an output that was written again as it was': ({ path }) => { writeFiles(path, { 'web/dist/main.js': readFileSync(join(path, 'web/dist/main.js'), 'utf8') }); return {} },
  'another service': ({ path }) => { writeFiles(path, { 'api/index.js': page }); return {} }
}

for (const [name, change] of Object.entries(noChanges)) {
  test(`${name} leaves it as it is`, async () => {
    await using shop = await project({ '.gitignore': 'node_modules\n*.local\n', ...built('web'), 'api/index.js': '', 'wattapp.json': app([service('web'), service('api')]) })
    await build(shop)
    const second = await build(shop, [], change(shop))
    assert.deepEqual([second.code, second.services[0]?.status, runs(shop, 'web')], [0, 'cached', 1], second.stderr)
  })
}

test('a build sees the manifest’s variables and this Node.js, and nothing of an npm around it', async () => {
  const script = "require('node:fs').writeFileSync('out.json', JSON.stringify({ look: process.env.LOOK, node: process.version, outer: process.env.npm_package_name, quiet: process.env.NEXT_TELEMETRY_DISABLED }))"
  await using shop = await project({
    ...built('web', { scripts: { build: 'node see.cjs' }, main: 'main.js' }),
    'web/see.cjs': script,
    'wattapp.json': app([service('web', { env: [{ name: 'LOOK', value: 'bright' }] })])
  })
  const { code, stderr } = await build(shop, [], { env: { npm_lifecycle_event: 'start', npm_package_name: 'outer', npm_config_workspace: 'nowhere' } })
  assert.equal(code, 0, stderr)
  assert.deepEqual(JSON.parse(readFileSync(join(shop.path, 'web/out.json'), 'utf8')), { look: 'bright', node: process.version, outer: 'web', quiet: '1' })
})

test('packages of the workspace are built before what needs them, and what needs them is built again when they change', async () => {
  await using shop = await project({
    'package.json': { private: true, workspaces: ['packages/*', 'web'] },
    ...built('packages/look', { name: 'look' }),
    ...built('packages/base', { name: 'base' }),
    ...built('web', { dependencies: { look: '*' }, scripts: { build: "node -e \"require('node:fs').statSync('../packages/look/dist/main.js')\" && node build.cjs" } }),
    'packages/look/package.json': { name: 'look', type: 'module', main: 'dist/main.js', dependencies: { base: '*' }, scripts: { build: "node -e \"require('node:fs').statSync('../base/dist/main.js')\" && node build.cjs" } },
    'wattapp.json': app([service('web')])
  })
  mkdirSync(join(shop.path, 'node_modules'))
  for (const name of ['look', 'base']) link(shop, `node_modules/${name}`, `../packages/${name}`)
  const first = await build(shop)
  assert.deepEqual([first.code, statuses(first)], [0, { base: 'built', look: 'built', web: 'built' }], first.stderr)
  assert.deepEqual(statuses(await build(shop)), { base: 'cached', look: 'cached', web: 'cached' })
  writeFiles(shop.path, { 'packages/look/main.js': page.replace('LOOK', 'other') })
  assert.deepEqual(statuses(await build(shop)), { base: 'cached', look: 'built', web: 'built' })
})

test('services of one folder are built once', async () => {
  await using shop = await project({ ...built('web'), 'wattapp.json': app([service('a', { path: 'web' }), service('b', { path: 'web', entry: 'dist/main.js' })]) })
  const { code, services } = await build(shop)
  assert.deepEqual([code, services.map(({ status }) => status), runs(shop, 'web')], [0, ['built', 'built'], 1])
})

test('a failing build is told with its own words, and what does not need it is built', async () => {
  await using shop = await project({
    'package.json': { private: true, workspaces: ['packages/*', 'web', 'api', 'site'] },
    ...built('packages/look', { name: 'look', scripts: { build: 'echo "all is well"; echo "main.ts:3: no such thing" >&2; exit 3' } }),
    ...built('web', { dependencies: { look: '*' } }),
    ...built('api'),
    'site/index.js': page,
    'wattapp.json': app([service('web'), service('api'), service('site')])
  })
  mkdirSync(join(shop.path, 'node_modules'))
  link(shop, 'node_modules/look', '../packages/look')
  const report = await build(shop)
  assert.deepEqual([report.code, statuses(report), report.out], [1, { look: 'failed', web: 'skipped', api: 'built', site: 'asIs' }, null])
  assert.equal(report.packages[0]?.problem?.code, 'WATT_BUILD_FAILED')
  assert.match(report.packages[0]?.problem?.message ?? '', /^look: `npm run build` exited with code 3$/)
  assert.match(report.stderr, /^ {2}look {2}failed after .*\n {4}│ all is well\n {4}│ main\.ts:3: no such thing\n {4}all of it: \S*packages%2Flook\.log$/m)
  assert.equal(readFileSync(report.packages[0]?.log ?? '', 'utf8'), 'all is well\nmain.ts:3: no such thing\n')
  assert.match(report.stderr, /^shop is not built: web needs what failed; the app folder is as it was$/m)
  assert.ok(!existsSync(join(shop.path, '.wattapp/app')))
})

interface Wrong { files: Files, services: unknown[], code: string, says: RegExp, remedy?: RegExp, fails?: string[] }

const wrong: Record<string, Wrong> = {
  'packages that are not installed': {
    files: built('bad', { dependencies: { react: '19' }, devDependencies: { vite: '8' } }),
    services: [service('bad')],
    code: 'WATT_BUILD_PACKAGES_MISSING',
    says: /service bad: react, vite are not installed; `npm ci` in \S+ installs what its package\.json names/
  },
  'packages that are not installed, of a service without a build': {
    files: { 'bad/package.json': { dependencies: { express: '5' } }, 'bad/index.js': page },
    services: [service('bad')],
    code: 'WATT_BUILD_PACKAGES_MISSING',
    says: /express is not installed/
  },
  'packages of pnpm that are not installed': {
    files: { ...built('bad', { dependencies: { react: '19' } }), 'bad/pnpm-lock.yaml': '' },
    services: [service('bad')],
    code: 'WATT_BUILD_PACKAGES_MISSING',
    says: /`pnpm install --frozen-lockfile` in \S+\/bad /
  },
  'packages in Yarn’s archives': {
    files: { ...built('bad', { dependencies: { react: '19' } }), 'bad/.pnp.cjs': '', 'bad/yarn.lock': '__metadata:' },
    services: [service('bad')],
    code: 'WATT_BUILD_PLUG_AND_PLAY',
    says: /Yarn's archives \(bad\/\.pnp\.cjs\)/
  },
  'a syntax error in a source that is not built': {
    files: { 'bad/package.json': { type: 'module' }, 'bad/index.js': "import './part.js'", 'bad/part.js': 'export const x = {{\n' },
    services: [service('bad')],
    code: 'WATT_SYNTAX',
    says: /service "bad": \S+\/bad\/part\.js:\d+:\d+/
  },
  'a path that leads nowhere': { files: {}, services: [service('bad')], code: 'WATT_SERVICE_FOLDER_MISSING', says: /there is no bad/ },
  'a folder with nothing to run': { files: { 'bad/README.md': '' }, services: [service('bad')], code: 'WATT_NOTHING_TO_RUN', says: /there is no package\.json, and none of index\.js/ },
  'a package.json that is no JSON': { files: { 'bad/package.json': '{ "name": ' }, services: [service('bad')], code: 'WATT_RUNTIME_MANIFEST_INVALID', says: /package\.json/ },
  'a framework that is not known': {
    files: { ...built('bad', { main: 'nowhere.js', dependencies: { nuxt: '4' } }), 'node_modules/nuxt/package.json': { name: 'nuxt' } },
    services: [service('bad')],
    code: 'WATT_FRAMEWORK_UNKNOWN',
    says: /is made with Nuxt, which has no runtime here/
  },
  'two frameworks in one folder, and no script': {
    files: { 'bad/package.json': { dependencies: { next: '16', vite: '8' } }, 'bad/next.config.js': '', 'bad/index.html': '<script type=module src=x.js>' },
    services: [service('bad')],
    code: 'WATT_FRAMEWORK_AMBIGUOUS',
    says: /looks like next and like vite/
  },
  'a build whose tool is not there': {
    files: { ...built('bad'), 'bad/yarn.lock': '' },
    services: [service('bad')],
    code: 'WATT_BUILD_TOOL_MISSING',
    says: /yarn cannot be started here, and there is bad\/yarn\.lock/
  },
  'packages that need each other': {
    files: { 'package.json': { private: true, workspaces: ['packages/*', 'bad'] }, ...built('packages/a', { name: 'a', dependencies: { b: '*' } }), ...built('packages/b', { name: 'b', dependencies: { a: '*' } }), ...built('bad', { dependencies: { a: '*' } }) },
    services: [service('bad')],
    code: 'WATT_BUILD_CYCLE',
    says: /^a cannot be built before itself: a needs b needs a$/
  }
}

for (const [name, { files, services, code, says }] of Object.entries(wrong)) {
  test(`${name}: told with what to do, and the rest is built`, async () => {
    await using shop = await project({ ...files, ...built('good'), 'wattapp.json': app([...services, service('good')]) })
    // No yarn, whatever this machine has.
    const report = await build(shop, [], code === 'WATT_BUILD_TOOL_MISSING' ? { env: { PATH: shop.path } } : {})
    const problems = [...report.packages, ...report.services].flatMap(({ problem }) => problem ?? [])
    assert.equal(report.code, 1)
    assert.equal(problems[0]?.code, code, report.stderr)
    assert.match(problems[0]?.message ?? '', says)
    assert.notEqual(problems[0]?.remedy, '')
    assert.ok(report.stderr.includes(`(${code})`), report.stderr)
    if (code !== 'WATT_BUILD_TOOL_MISSING') assert.equal(report.services.find(({ service }) => service === 'good')?.status, 'built', report.stderr)
  })
}

test('one folder for two prefixes is refused where the framework’s pages know theirs', async () => {
  await using shop = await project({
    'web/package.json': { dependencies: { vite: '8' } },
    'web/index.html': '<p>',
    'node_modules/vite/package.json': { name: 'vite', version: '8.0.0' },
    'wattapp.json': app([service('a', { path: 'web' }), service('b', { path: 'web' })])
  })
  const report = await build(shop)
  assert.equal(report.services[0]?.problem?.code, 'WATT_BUILD_TWO_PREFIXES')
  assert.match(report.stderr, /services a, b are built from the one folder web, for the prefixes \/a, \/b/)
})

test('--only builds what is named, and writes no app folder', async () => {
  await using shop = await project({ ...built('web'), ...built('api'), 'wattapp.json': app([service('web'), service('api')]) })
  const report = await build(shop, ['--only', 'api'])
  assert.deepEqual([report.code, statuses(report), runs(shop, 'web'), existsSync(join(shop.path, '.wattapp/app'))], [0, { api: 'built' }, 0, false])
  const none = await build(shop, ['--only', 'nobody'])
  assert.deepEqual([none.code, /\(WATT_SERVICE_NOT_IN_APP\)/.test(none.stderr)], [1, true])
})

test('Ctrl-C ends what runs, all of it, and leaves nothing half-written', async () => {
  await using shop = await project({
    ...built('web', { scripts: { build: 'node hang.cjs' } }),
    'web/hang.cjs': "const { spawn } = require('node:child_process')\nconst child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])\nrequire('node:fs').writeFileSync('pids', process.pid + ' ' + child.pid)\nsetInterval(() => {}, 1000)\n",
    'wattapp.json': app([service('web')])
  })
  await using child = running(['build', shop.file])
  await child.line(/npm run build/)
  while (!existsSync(join(shop.path, 'web/pids'))) await new Promise((resolve) => setTimeout(resolve, 20))
  const pids = readFileSync(join(shop.path, 'web/pids'), 'utf8').split(' ').map(Number)
  child.kill('SIGINT')
  assert.deepEqual(await child.ended, { code: 130, signal: null })
  for (const pid of pids) while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
  assert.deepEqual(readdirSync(join(shop.path, '.wattapp')).sort(), ['.gitignore', 'build'])
  assert.ok(!readdirSync(join(shop.path, '.wattapp/build')).includes('web.json'))
})

function isRunning (pid: number): boolean {
  try {
    process.kill(pid, 0)
    // One that has ended and waits for its parent is no program any more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function link ({ path }: Project, at: string, to: string): void {
  rmSync(join(path, at), { recursive: true, force: true })
  symlinkSync(to, join(path, at))
}
