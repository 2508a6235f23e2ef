import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { service as serviceSchema } from '../../src/api/schema-service.ts'
import { validate } from '../../src/api/validate.ts'
import { WattError } from '../../src/base/error.ts'
import { programOf } from '../../src/cli/draft/command.ts'
import { manifestOf, type Draft, type ServiceSpec } from '../../src/cli/draft/draft.ts'
import { printDraft } from '../../src/cli/draft/print.ts'
import { looksSecret, shownValue, withoutCredentials } from '../../src/cli/draft/secrets.ts'
import { initFolder } from '../../src/cli/init/folder.ts'
import { treeOf, writeFiles, type Files } from './files.ts'
import { running, temporaryFolder, wattapp } from './support.ts'

const fixtures = join(import.meta.dirname, 'fixtures/init')

interface Report { manifest: { spec: { services: ServiceSpec[] } }, leftOut: string[], unsupported: Array<{ path: string }> }

async function report (name: string): Promise<Report> {
  const { code, stdout, stderr } = await wattapp(['init', join(fixtures, name), '--format', 'json'])
  assert.deepEqual([code, stderr], [0, ''])
  const found = JSON.parse(stdout) as Report
  assert.deepEqual(validate(found.manifest), [])
  return found
}

function drafted (files: Files): Draft {
  const draft = initFolder(treeOf(files), 'shop')
  assert.deepEqual(validate(manifestOf(draft)), [])
  return draft
}

const hasVite = (serviceSchema.fields.runtime.enum as readonly string[]).includes('vite')
const listening = "require('node:http').createServer((request, response) => response.end('x')).listen(3000)"
const server = (name: string): Files => ({ [`apps/${name}/package.json`]: { name, scripts: { start: 'node index.js' } }, [`apps/${name}/index.js`]: listening })
const routesOf = (draft: Draft): Record<string, unknown> => Object.fromEntries(draft.services.map(({ service }) => [service.name, service.routes?.map(({ pathPrefix, rewrite }) => rewrite === undefined ? pathPrefix : `${pathPrefix} → ${rewrite}`)]))

test('of a pnpm workspace the programs are services, and libraries are left out with the reason', async () => {
  const { manifest: { spec }, leftOut } = await report('pnpm')
  assert.deepEqual(spec.services, [
    {
      name: 'api',
      path: 'apps/api',
      entry: 'server.js',
      args: ['--verbose'],
      env: [
        { name: 'PAGE_SIZE', value: '20' },
        { name: 'SESSION_SECRET', valueFrom: { secretKeyRef: { name: 'acme-mono-api-env', key: 'SESSION_SECRET' } } },
        { name: 'NODE_ENV', value: 'production' }
      ],
      routes: [{ pathPrefix: '/api' }]
    },
    // As long as no runtime of its own serves Vite, the files that it builds.
    { name: 'web', ...hasVite ? { path: 'apps/web' } : { path: 'apps/web/dist', runtime: 'static' }, routes: [{ pathPrefix: '/' }] },
    { name: 'worker', path: 'apps/worker' }
  ])
  assert.deepEqual(leftOut, [
    '@acme/logger (packages/logger) is left out: a library: @acme/api needs it, and it has no start script.',
    '@acme/ui (packages/ui) is left out: a library: @acme/web needs it, and it has no start script.'
  ])
})

test('of a compose file the Node services are taken, with what they say, and the others are named', async () => {
  const { manifest: { spec }, leftOut, unsupported } = await report('compose')
  assert.deepEqual(spec.services, [
    {
      name: 'web',
      path: 'web',
      env: [{ name: 'API_URL', value: 'http://api.internal/v1' }, { name: 'THEME', value: 'dark' }],
      dependsOn: ['api'],
      routes: [{ pathPrefix: '/' }]
    },
    {
      name: 'api',
      path: 'api',
      entry: 'main.js',
      args: ['--trace'],
      env: [
        { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'compose-api-env', key: 'DATABASE_URL' } } },
        { name: 'MAIL_TOKEN', valueFrom: { secretKeyRef: { name: 'compose-api-env', key: 'MAIL_TOKEN', optional: true } } }
      ],
      workers: { min: 2 },
      memory: '256Mi',
      health: { path: '/healthz', interval: '15s', timeout: '3s', failureThreshold: 5 }
    }
  ])
  assert.deepEqual(leftOut.map((text) => text.split(' is left out: ')[0]), ['db of docker-compose.yml', 'ml of docker-compose.yml'])
  assert.deepEqual(unsupported.map(({ path }) => path), ['docker-compose.yml: services.api.volumes'])
})

test('each guess has its comment, and no secret is in the file', async () => {
  const { code, stdout, stderr } = await wattapp(['init', join(fixtures, 'pnpm'), '-o', '-'])
  assert.equal(code, 0)
  assert.doesNotMatch(stdout + stderr, /hunter2/)
  for (const said of [
    /# @acme\/worker \(apps\/worker\): a service, as there is the script start: node worker\.js\n\s+- name: worker\n/,
    /# runtime fastify, as package\.json depends on fastify\n\s+path: apps\/api\n/,
    /# the development server of web hands this prefix to port 3001\n\s+- pathPrefix: \/api\n/,
    /# @acme\/ui \(packages\/ui\) is left out: /,
    /# Options of Node\.js are left out, [^#]*#? ?.*--import \.\/tracing\.js/
  ]) assert.match(stdout, said)
  assert.match(stderr, /^WattApp "acme-mono" with 3 services: api, web, worker\n/)
})

test('wattapp.yaml is written into the folder, runs, and is not overwritten without --force', { timeout: 60_000 }, async () => {
  await using folder = await temporaryFolder()
  writeFiles(folder.path, { 'package.json': { name: 'hello' }, 'app.js': "require('node:http').createServer((request, response) => response.end('hello ' + request.url)).listen(3000)" })
  const file = join(folder.path, 'wattapp.yaml')
  assert.match((await wattapp(['init'], { cwd: folder.path })).stderr, /^wattapp\.yaml: WattApp "hello" with 1 service: hello\n/)
  const first = readFileSync(file, 'utf8')
  const again = await wattapp(['init', folder.path])
  assert.deepEqual([again.code, readFileSync(file, 'utf8')], [1, first])
  assert.match(again.stderr, /\(WATT_OUTPUT_EXISTS\)\n {2}remedy: .*--force/)
  assert.equal((await wattapp(['init', folder.path, '--force'])).code, 0)
  await using app = running(['run', 'wattapp.yaml', '--port', '0', '--admin-port', '0'], { cwd: folder.path })
  const [, url = ''] = await app.line(/is on (http:\S+)/)
  assert.equal(await (await fetch(`${url}/you`)).text(), 'hello /you')
})

test('a Watt project is imported', async () => {
  const { stdout, code } = await wattapp(['init', join(fixtures, '../watt3'), '--stdout'])
  assert.equal(code, 0)
  assert.match(stdout, /^# Made by `wattapp import` from watt\.json/)
})

const folders: Record<string, { files: Files, becomes: Record<string, unknown> }> = {
  'a single server is at /': { files: server('api'), becomes: { api: ['/'] } },
  'servers without a frontend each have a prefix': { files: { ...server('orders'), ...server('users') }, becomes: { orders: ['/orders → /'], users: ['/users → /'] } },
  'what people name so stands in front': { files: { ...server('orders'), ...server('bff') }, becomes: { bff: ['/'], orders: undefined } },
  'a page beside what stands in front has a prefix': {
    files: { 'package.json': { workspaces: ['apps/*'] }, ...server('storefront'), ...server('orders'), 'apps/admin/index.html': '<!doctype html>' },
    becomes: { orders: undefined, storefront: ['/'], admin: ['/admin → /'] }
  },
  'a module that exports its server': { files: { 'package.json': { name: 'api', dependencies: { koa: '3' } }, 'index.ts': "import Koa from 'koa'\nexport default new Koa()" }, becomes: { api: ['/'] } },
  'behind a frontend servers are not reached from outside': {
    files: { ...server('orders'), 'apps/site/package.json': { name: 'site', dependencies: { next: '16' }, scripts: { start: 'next start' } } },
    becomes: { orders: undefined, site: ['/'] }
  },
  'React Router in framework mode is a frontend, which keeps its prefix': {
    files: {
      ...server('orders'),
      'apps/site/package.json': { name: 'site', devDependencies: { '@react-router/dev': '8', vite: '8' }, scripts: { start: 'react-router-serve ./build/server/index.js' } },
      'apps/site/react-router.config.ts': '',
      'apps/old/package.json': { name: 'old', devDependencies: { '@remix-run/dev': '2' }, scripts: { start: 'remix-serve ./build/server/index.js' } },
      'apps/old/vite.config.ts': ''
    },
    becomes: { site: ['/'], old: ['/old'], orders: undefined }
  },
  'a background program has no route': { files: { ...server('api'), 'apps/job/package.json': { name: 'job', scripts: { start: 'node job.js' } }, 'apps/job/job.js': 'setInterval(() => {}, 1000)' }, becomes: { api: ['/'], job: undefined } },
  'a page alone': { files: { 'index.html': '<!doctype html>' }, becomes: { shop: ['/'] } },
  'a program without a package.json': { files: { 'index.mjs': "import http from 'node:http'\nhttp.createServer().listen(1)" }, becomes: { shop: ['/'] } },
  'published ports decide in a compose file': {
    files: {
      ...server('web'),
      ...server('api'),
      ...server('inner'),
      'compose.yaml': 'services:\n  web: { build: apps/web, ports: ["80:3000"] }\n  api: { build: ./apps/api, ports: [{ target: 3000, published: 81 }] }\n  inner: { build: apps/inner }\n'
    },
    becomes: { web: ['/'], api: ['/api → /'], inner: undefined }
  },
  'a frontend with a base path of its own has that': {
    files: {
      'apps/web/package.json': { name: 'web', dependencies: { next: '16' } },
      'apps/docs/package.json': { name: 'docs', dependencies: { next: '16' } },
      'apps/docs/next.config.mjs': "export default { basePath: '/manual' }",
      'apps/admin/package.json': { name: 'admin', devDependencies: { vite: '7' } },
      'apps/admin/index.html': '<!doctype html>',
      'apps/admin/vite.config.ts': "export default defineConfig({ base: '/backstage/', plugins: [] })"
    },
    becomes: { web: ['/'], docs: ['/manual'], admin: ['/backstage'] }
  },
  'a single frontend with a base path of its own': {
    files: { 'package.json': { name: 'docs', dependencies: { next: '16' } }, 'next.config.js': "module.exports = { basePath: '/manual' }" },
    becomes: { docs: ['/manual'] }
  },
  'what the development server of a frontend hands on': {
    files: {
      'apps/web/package.json': { name: 'web', devDependencies: { vite: '7' } },
      'apps/web/index.html': '<!doctype html>',
      'apps/web/vite.config.js': "export default { server: { proxy: { '/api': { target: 'http://localhost:4001', changeOrigin: true, rewrite: (path) => path.replace(/^\\/api/, '') }, '/socket': 'ws://localhost:4002' } } }",
      'apps/api/package.json': { name: 'api', scripts: { start: 'PORT=4001 node index.js' } },
      'apps/api/index.js': listening,
      'apps/chat/package.json': { name: 'chat', scripts: { start: 'PORT=4002 node index.js' } },
      'apps/chat/index.js': listening
    },
    becomes: { web: ['/'], api: ['/api → /'], chat: ['/socket'] }
  },
  'hapi, whose servers start': { files: { 'package.json': { name: 'api', main: 'index.js', dependencies: { '@hapi/hapi': '21' } }, 'index.js': "const server = require('@hapi/hapi').server()\nserver.start()" }, becomes: { api: ['/'] } },
  'Nitro, which is built': { files: { 'package.json': { name: 'api', scripts: { build: 'nitro build' }, devDependencies: { nitropack: '2' } } }, becomes: { api: ['/'] } },
  'a root that starts the folders below it': {
    files: {
      'package.json': { name: 'shop', scripts: { dev: 'concurrently "npm run dev --prefix client" "npm start --prefix server"' }, devDependencies: { concurrently: '9' } },
      'client/package.json': { name: 'client', devDependencies: { vite: '7' } },
      'client/index.html': '<!doctype html>',
      'server/package.json': { name: 'server', scripts: { start: 'node index.js' } },
      'server/index.js': listening
    },
    becomes: { client: ['/'], server: ['/api → /'] }
  },
  'what pages without a server call': {
    files: {
      'apps/ui/package.json': { name: 'ui', devDependencies: { vite: '7' } },
      'apps/ui/index.html': '<!doctype html>',
      ...server('orders'),
      'apps/api/package.json': { name: 'api', scripts: { start: 'node index.js' }, dependencies: { express: '5' } },
      'apps/api/index.js': "const app = require('express')()\napp.get('/api/items', (request, response) => response.json([]))\napp.listen(4000)"
    },
    becomes: { ui: ['/'], orders: undefined, api: ['/api'] }
  },
  'a folder of public files': { files: { 'package.json': { name: 'pages' }, 'public/index.html': '<!doctype html>' }, becomes: { pages: ['/'] } },
  'in a compose file what only a profile starts is left out': {
    files: { ...server('api'), ...server('seed'), 'compose.yaml': 'services:\n  api: { build: apps/api, ports: ["80:3000"] }\n  seed: { build: apps/seed, profiles: [tools] }\n' },
    becomes: { api: ['/'] }
  },
  'a compose file of databases alone leaves the workspace': { files: { ...server('api'), 'compose.yaml': 'services:\n  db: { image: "postgres:17" }\n' }, becomes: { api: ['/'] } },
  'an image of Node with the code mounted': {
    files: { ...server('api'), 'compose.yml': 'services:\n  api: { image: "node:24", command: node index.js, volumes: ["./apps/api:/app"], ports: ["3000:3000"] }\n' },
    becomes: { api: ['/'] }
  }
}
for (const [name, { files, becomes }] of Object.entries(folders)) {
  test(`routes: ${name}`, () => assert.deepEqual(routesOf(drafted(files)), becomes))
}

const composed: Record<string, { service: string, files?: Files, becomes: Partial<ServiceSpec> }> = {
  'a command for a package of the workspace, by npm': { service: 'build: .\n    command: npm run start --workspace=@acme/api -- --quiet', becomes: { path: 'apps/api', entry: 'index.js', args: ['--quiet'] } },
  'by pnpm': { service: 'build: .\n    command: pnpm --filter @acme/api... start', becomes: { path: 'apps/api' } },
  'by the folder': { service: 'build: .\n    command: ["npm", "--prefix", "apps/api", "start"]', becomes: { path: 'apps/api' } },
  'by yarn': { service: 'build: .\n    command: yarn workspace @acme/api start', becomes: { path: 'apps/api' } },
  'by turbo': { service: 'build: .\n    command: npx turbo run start --filter=@acme/api', becomes: { path: 'apps/api' } },
  'a file of a package, named from the root': { service: 'build: .\n    command: node apps/api/index.js --quiet', becomes: { path: 'apps/api', entry: 'index.js', args: ['--quiet'] } },
  'the command of its Dockerfile': {
    service: 'build: .',
    files: { Dockerfile: 'FROM node:24 AS build\nCMD ["node", "no.js"]\nFROM node:24-slim\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["node", \\\n  "apps/api/index.js"]\n' },
    becomes: { path: 'apps/api' }
  },
  'of a stage of its Dockerfile': {
    service: 'build: { context: ., dockerfile: docker/api.Dockerfile, target: api }',
    files: { 'docker/api.Dockerfile': 'FROM node:24 AS api\nCMD node apps/api/other.js\nFROM node:24 AS web\nCMD node apps/web/index.js\n' },
    becomes: { path: 'apps/api', entry: 'other.js' }
  },
  'a shell that installs first': { service: 'image: node:24\n    volumes: ["./apps/api:/app"]\n    command: sh -c "npm install && node other.js"', becomes: { path: 'apps/api', entry: 'other.js' } },
  'options of a script': { service: 'build: apps/api\n    command: npm start -- --queue emails', becomes: { path: 'apps/api', entry: 'index.js', args: ['--queue', 'emails'] } },
  'what starts it sets a variable': { service: 'build: apps/api\n    command: npm run fast', becomes: { path: 'apps/api', entry: 'other.js', env: [{ name: 'FAST', value: '1' }] } }
}
for (const [name, { service, files = {}, becomes }] of Object.entries(composed)) {
  test(`compose: ${name}`, () => {
    const draft = drafted({
      'package.json': { workspaces: ['apps/*'] },
      'apps/api/package.json': { name: '@acme/api', scripts: { start: 'node index.js', fast: 'FAST=1 node other.js' } },
      'apps/api/index.js': listening,
      'apps/api/other.js': listening,
      'compose.yaml': `services:\n  api:\n    ${service}\n`,
      ...files
    })
    const { name: _, routes: __, ...start } = draft.services[0]?.service ?? {}
    assert.deepEqual(start, becomes)
  })
}

test('an address of another service becomes its name on the mesh, but for browsers and where two have the port', () => {
  const one = (name: string, port: number, env = ''): Files => ({
    [`apps/${name}/package.json`]: { name, scripts: { start: `PORT=${port} node index.js` } }, [`apps/${name}/index.js`]: listening, [`apps/${name}/.env`]: env
  })
  const draft = drafted({
    ...one('web', 3000, 'API_URL=http://localhost:4000/v1\nVITE_API=http://localhost:4000\nOTHER=http://localhost:5000\nSELF=http://localhost:3000\nDB=postgres://localhost:4000/x\nAPI_TOKEN=http://localhost:4000?key=hunter2'),
    ...one('api', 4000),
    ...one('a', 5000),
    ...one('b', 5000)
  })
  const web = draft.services.find(({ service }) => service.name === 'web')?.service
  assert.deepEqual(web?.env?.filter(({ value }) => value !== undefined).map(({ name, value }) => `${name}=${value ?? ''}`), [
    'API_URL=http://api.internal/v1', 'DB=postgres://localhost:4000/x', 'OTHER=http://localhost:5000', 'SELF=http://localhost:3000', 'VITE_API=http://localhost:4000'
  ])
  assert.doesNotMatch(printDraft(draft), /hunter2/)
})

test('patterns of a workspace: *, **, and those that are taken out', () => {
  const one = (folder: string, name: string): Files => ({ [`${folder}/package.json`]: { name, scripts: { start: 'node index.js' } }, [`${folder}/index.js`]: listening })
  const draft = drafted({
    'package.json': { workspaces: ['apps/**', 'one-*', 'tools/cli', '!apps/old'] },
    ...one('apps/a', 'a'),
    ...one('apps/deep/b', 'b'),
    ...one('apps/old', 'old'),
    ...one('apps/a/node_modules/c', 'c'),
    ...one('one-more', 'more'),
    ...one('two-more', 'other'),
    ...one('tools/cli', 'cli')
  })
  assert.deepEqual(draft.services.map(({ service }) => service.path).toSorted(), ['apps/a', 'apps/deep/b', 'one-more', 'tools/cli'])
})

const refused: Record<string, { files: Files, code: string, says: RegExp }> = {
  'an empty folder': { files: {}, code: 'WATT_PROJECT_EMPTY', says: /no package\.json, compose file, Watt project, program or index\.html/ },
  'nothing but a library': { files: { 'package.json': { name: 'lib', main: 'index.js' }, 'index.js': 'exports.x = 1' }, code: 'WATT_PROJECT_EMPTY', says: /lib \(\.\) is left out: a library/ },
  'two packages of one name': { files: { ...server('api'), 'more/api/package.json': { name: '@b/api', scripts: { start: 'node index.js' } }, 'more/api/index.js': listening }, code: 'WATT_PROJECT_NAME_TWICE', says: /"api": apps\/api and more\/api/ },
  'two services of one name in a compose file': { files: { ...server('api'), 'compose.yaml': 'services:\n  my_api: { build: apps/api }\n  my-api: { build: apps/api }\n' }, code: 'WATT_PROJECT_NAME_TWICE', says: /my_api of compose\.yaml and my-api of compose\.yaml/ },
  'broken YAML': { files: { 'compose.yaml': 'services:\n\tweb: 1' }, code: 'WATT_PROJECT_FILE_BROKEN', says: /compose\.yaml cannot be understood: .*line 2/s },
  'a compose file of one name twice': { files: { 'compose.yaml': 'services:\n  web: { build: . }\n  web: { build: . }\n' }, code: 'WATT_PROJECT_FILE_BROKEN', says: /unique/ },
  'a broken package.json': { files: { 'apps/api/package.json': '{ "name": ' }, code: 'WATT_PROJECT_FILE_BROKEN', says: /apps\/api\/package\.json/ }
}
for (const [name, { files, code, says }] of Object.entries(refused)) {
  test(`${name} is refused, with a remedy`, () => {
    assert.throws(() => initFolder(treeOf(files), 'shop'), (thrown) => thrown instanceof WattError && thrown.code === code && says.test(thrown.message) && thrown.hint !== '')
  })
}

test('what cannot be is code 1, with nothing on standard output and nothing written', async () => {
  await using folder = await temporaryFolder()
  for (const args of [[folder.path], [join(folder.path, 'none')], [join(fixtures, 'twins')], [join(fixtures, 'broken')], [join(fixtures, 'libraries')]]) {
    const { code, stdout, stderr } = await wattapp(['init', ...args, '-o', join(folder.path, 'out.yaml')])
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^error: .*\(WATT_\w+\)\n {2}remedy: /)
  }
  assert.throws(() => readFileSync(join(folder.path, 'out.yaml')), { code: 'ENOENT' })
})

const commands: Record<string, ReturnType<typeof programOf>> = {
  'node server.js': { entry: 'server.js', args: [], env: {}, options: [] },
  'NODE_ENV=production exec node ./dist/main.js --port 3': { entry: 'dist/main.js', args: ['--port', '3'], env: { NODE_ENV: 'production' }, options: [] },
  'cross-env A=1 B="x y" node -r ./setup.js --max-old-space-size=512 app': { entry: 'app', args: [], env: { A: '1', B: 'x y' }, options: ['-r ./setup.js', '--max-old-space-size=512'] },
  'tsx watch src/index.ts': { entry: 'src/index.ts', args: [], env: {}, options: [] },
  'npm start': { entry: 'index.js', args: [], env: {}, options: [] },
  'npm run start -- --queue a "b c"': { entry: 'index.js', args: ['--queue', 'a', 'b c'], env: {}, options: [] },
  'npm --silent start': { entry: 'index.js', args: [], env: {}, options: [] },
  'pnpm start --port 3': { entry: 'index.js', args: ['--port', '3'], env: {}, options: [] },
  'pnpm run loop': undefined,
  'next start': undefined,
  'tsc && node dist/index.js': undefined,
  'node /opt/app.js': undefined,
  node: undefined
}
for (const [command, program] of Object.entries(commands)) {
  test(`command: ${command}`, () => assert.deepEqual(programOf(command, { scripts: { start: 'node index.js', loop: 'pnpm run loop' } }), program))
}

test('what looks like a secret', () => {
  for (const [name, value] of [['DB_PASSWORD', 'x'], ['STRIPE_KEY', 'x'], ['TOKEN', 'x'], ['URL', 'redis://:pw@cache:6379'], ['CERT', '-----BEGIN CERTIFICATE-----']] as const) assert.ok(looksSecret(name, value), name)
  for (const [name, value] of [['URL', 'http://api:3000'], ['MONKEY', 'x'], ['VITE_KEY', 'x'], ['PAGE_SIZE', '20'], ['TOKEN', '']] as const) assert.ok(!looksSecret(name, value), name)
})

test('what is shown has no secrets', () => {
  assert.deepEqual(shownValue({ auth: { username: 'a', password: 'hunter2' }, url: 'redis://:hunter2@cache', token: ['hunter2'], https: { key: '-----BEGIN KEY hunter2' }, port: 1 }),
    { auth: { username: 'a', password: '(not shown)' }, url: 'redis://…@cache', token: ['(not shown)'], https: { key: '(not shown)' }, port: 1 })
  assert.equal(shownValue('hunter2', 'API_TOKEN'), '(not shown)')
  assert.equal(withoutCredentials('at https://hunter2@git.example.com/a.git, http://b/c@d'), 'at https://…@git.example.com/a.git, http://b/c@d')
})

test('whatever a compose file says, the manifest is valid or there is a reason', () => {
  const loose = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string(), { maxLength: 2 }), fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }))
  const service = fc.tuple(fc.constantFrom({ build: 'apps/api' }, { build: { context: '.', dockerfile: 'apps/api/Dockerfile' } }, { image: 'redis' }),
    fc.dictionary(fc.constantFrom('ports', 'environment', 'command', 'depends_on', 'healthcheck', 'deploy', 'mem_limit', 'volumes', 'env_file', 'scale'), loose, { maxKeys: 4 })).map(([one, more]) => ({ ...one, ...more }))
  fc.assert(fc.property(fc.dictionary(fc.oneof(fc.constantFrom('web', 'api', 'gateway'), fc.string()), service, { maxKeys: 3 }), (services) => {
    try {
      const draft = drafted({ ...server('api'), 'compose.yaml': { services } })
      assert.deepEqual(parse(printDraft(draft), { version: '1.1' }), JSON.parse(JSON.stringify(manifestOf(draft))))
    } catch (thrown) {
      if (!(thrown instanceof WattError)) throw thrown
    }
  }), { numRuns: 200 })
})

test('a start script that runs a program of a package is a service, and one of a tool is none', () => {
  const draft = drafted({
    'package.json': { workspaces: ['apps/*'] },
    'apps/data/package.json': { name: 'data', scripts: { start: 'json-server db.json' }, dependencies: { 'json-server': '0.17' } },
    'apps/peers/package.json': { name: 'peers', scripts: { start: 'peerjs --port 9000' }, dependencies: { peer: '1' } },
    'node_modules/peer/package.json': { name: 'peer', bin: { peerjs: 'bin/peerjs.js' } },
    'apps/lib/package.json': { name: 'lib', scripts: { start: 'rollup -w' }, devDependencies: { rollup: '4' } }
  })
  assert.deepEqual(draft.services.map(({ service: { name, path, entry, args } }) => [name, path, entry, args]), [['data', 'apps/data', undefined, undefined], ['peers', 'apps/peers', undefined, undefined]])
})
