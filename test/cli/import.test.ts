import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { validate } from '../../src/api/validate.ts'
import { WattError } from '../../src/base/error.ts'
import { manifestOf, type Draft, type ServiceSpec, type Unequal } from '../../src/cli/draft/draft.ts'
import { printDraft } from '../../src/cli/draft/print.ts'
import { applicationFields, runtimeFields } from '../../src/cli/import/no-equal.ts'
import { importWatt } from '../../src/cli/import/watt.ts'
import { treeOf, writeFiles, type Files } from './files.ts'
import { running, temporaryFolder, wattapp } from './support.ts'

const fixture = join(import.meta.dirname, 'fixtures/watt3')
const schema = (module: string): string => `https://schemas.platformatic.dev/${module === 'wattpm' ? module : `@platformatic/${module}`}/3.67.0.json`

interface Report { manifest: { metadata: { name: string }, spec: { services: ServiceSpec[], observability: object } }, leftOut: string[], unsupported: Unequal[] }

/** A project of these services, with a gateway in front when `proxies` are given. */
function project (runtime: object, files: Files = {}, proxies?: object[]): Files {
  return {
    'watt.json': { $schema: schema('wattpm'), ...proxies !== undefined && { entrypoint: 'front' }, ...runtime },
    'services/api/package.json': { name: 'api', main: 'index.js' },
    'services/web/package.json': { name: 'web', main: 'index.js' },
    ...proxies !== undefined && { 'services/front/watt.json': { $schema: schema('gateway'), gateway: { applications: proxies } } },
    ...files
  }
}

function imported (files: Files, file = 'watt.json'): Draft {
  const draft = importWatt(treeOf(files), file, 'shop')
  assert.deepEqual(validate(manifestOf(draft)), [])
  return draft
}

const serviceNamed = ({ services }: Draft, name: string): ServiceSpec | undefined => services.find(({ service }) => service.name === name)?.service
const all = { autoload: { path: 'services' } }

test('a Watt 3 project becomes a valid manifest, with what has no equal beside it', async () => {
  const { code, stdout, stderr } = await wattapp(['import', fixture, '--format', 'json'])
  const { manifest, leftOut, unsupported } = JSON.parse(stdout) as Report
  const services = new Map(manifest.spec.services.map((service) => [service.name, service]))
  assert.deepEqual([code, stderr], [0, ''])
  assert.deepEqual(validate(manifest), [])
  assert.equal(manifest.metadata.name, 'shop')
  assert.deepEqual([...services.keys()], ['mailer', 'report-maker', 'back-office', 'api', 'frontend'])
  const { env: _, ...mailer } = services.get('mailer') ?? { env: [] }
  assert.deepEqual(mailer, {
    name: 'mailer',
    path: 'services/mailer',
    entry: 'server.js',
    args: ['--quiet'],
    workers: { min: 1, max: 4 },
    memory: '256Mi',
    dependsOn: ['api'],
    restart: { backoff: { initial: '2s' } },
    startTimeout: '45s',
    drainTimeout: '20s'
  })
  assert.deepEqual(services.get('api')?.workers, { min: 3 })
  assert.deepEqual(services.get('api')?.routes, [{ pathPrefix: '/shop/api', rewrite: '/' }])
  assert.deepEqual(services.get('report-maker')?.memory, '512Mi')
  assert.deepEqual(services.get('back-office')?.routes?.map(({ host, pathPrefix }) => [host, pathPrefix]), [[undefined, '/shop/admin'], ['admin.example.com', '/shop']])
  assert.deepEqual(manifest.spec.observability, { logs: { level: 'debug' }, tracing: { endpoint: 'http://collector.observability:4318' } })
  assert.deepEqual(leftOut.map((text) => text.split(' ', 1)[0]), ['legacy', 'search', 'gateway'])
  const paths = unsupported.map(({ path }) => path)
  for (const path of ['scheduler[0]', 'policies', 'server.https', 'metrics.auth', 'logger.redact', 'services[3].url', 'colour', 'services[2].id', 'services/report/watt.json',
    'web/gateway/watt.json: gateway.applications[0].proxy.methods', 'web/gateway/watt.json: gateway.applications[4]', 'web/gateway/watt.json: plugins']) assert.ok(paths.includes(path), path)
  for (const { path, reason, remedy } of unsupported) assert.ok(reason !== '' && remedy !== '', path)
})

test('no secret of a project gets into what is printed', async () => {
  const { code, stdout, stderr } = await wattapp(['import', join(fixture, 'watt.json')])
  assert.equal(code, 0)
  assert.doesNotMatch(stdout + stderr, /hunter2/)
  const { spec } = parse(stdout, { version: '1.1' }) as Report['manifest']
  const api = spec.services.find(({ name }) => name === 'api')
  assert.deepEqual(api?.env?.find(({ name }) => name === 'DATABASE_URL')?.valueFrom, { secretKeyRef: { name: 'shop-env', key: 'DATABASE_URL' } })
  assert.deepEqual(api?.env?.filter(({ value }) => value !== undefined).map(({ name, value }) => `${name}=${value ?? ''}`), ['API_WORKERS=3', 'FEATURE_CARDS=on', 'API_TITLE=The API', 'CURRENCY=EUR'])
})

test('what is printed says the same as the report, and why', () => {
  const draft = imported(project(all, {}, [{ id: 'api', proxy: { prefix: '/api' } }]))
  const text = printDraft(draft)
  assert.deepEqual(parse(text, { version: '1.1' }), JSON.parse(JSON.stringify(manifestOf(draft))))
  assert.match(text, /# the proxy of services\/front\/watt\.json: gateway\.applications\[0\]\n\s+- pathPrefix: \/api\n/)
  assert.doesNotMatch(text, /^%/m)
})

const routes: Record<string, { proxies?: object[], runtime?: object, files?: Files, api: unknown }> = {
  'a proxy cuts its prefix off': { proxies: [{ id: 'api', proxy: { prefix: '/v1/api/' } }], api: [{ pathPrefix: '/v1/api', rewrite: '/' }] },
  'a proxy without a prefix has the id': { proxies: [{ id: 'api' }], api: [{ pathPrefix: '/api', rewrite: '/' }] },
  'a rewritten prefix': { proxies: [{ id: 'api', proxy: { prefix: '/api', rewritePrefix: '/internal' } }], api: [{ pathPrefix: '/api', rewrite: '/internal' }] },
  'a proxy that is off': { proxies: [{ id: 'api', proxy: false }], api: undefined },
  'a host': { proxies: [{ id: 'api', proxy: { prefix: '/api', hostname: 'API.example.com' } }], api: [{ pathPrefix: '/api', rewrite: '/' }, { host: 'api.example.com', pathPrefix: '/' }] },
  'a host of a project below a path': {
    runtime: { basePath: '/base' },
    proxies: [{ id: 'api', proxy: { prefix: '/api', hostname: 'api.example.com' } }],
    api: [{ pathPrefix: '/base/api', rewrite: '/' }, { host: 'api.example.com', pathPrefix: '/base', rewrite: '/' }]
  },
  'no proxies: every application by its id': { proxies: [], api: [{ pathPrefix: '/api', rewrite: '/' }] },
  'the prefix of an OpenAPI document': { proxies: [{ id: 'api', openapi: { url: '/openapi.json', prefix: '/docs' } }], api: [{ pathPrefix: '/docs', rewrite: '/' }] },
  'an application that wants absolute URLs': {
    proxies: [{ id: 'api', proxy: { prefix: '/api' } }],
    files: { 'services/api/watt.json': { $schema: schema('node'), node: { absoluteUrl: true } } },
    api: [{ pathPrefix: '/api' }]
  },
  'a base path of its own': {
    proxies: [{ id: 'api' }],
    files: { 'services/api/package.json': { dependencies: { next: '16' } }, 'services/api/next.config.mjs': "export default { basePath: '/docs' }" },
    api: [{ pathPrefix: '/docs' }]
  },
  'React Router, whose prefix is not cut off': {
    proxies: [{ id: 'api', proxy: { prefix: '/api' } }],
    files: { 'services/api/package.json': { devDependencies: { '@react-router/dev': '8' } } },
    api: [{ pathPrefix: '/api' }]
  },
  'a project below a path': { runtime: { basePath: 'base' }, proxies: [{ id: 'api', proxy: { prefix: 'api' } }], api: [{ pathPrefix: '/base/api', rewrite: '/' }] },
  'an entrypoint without a gateway': { runtime: { entrypoint: 'api' }, api: [{ pathPrefix: '/' }] },
  'an entrypoint below a path': { runtime: { entrypoint: 'api', basePath: '/base' }, api: [{ pathPrefix: '/base', rewrite: '/' }] },
  'no entrypoint': { api: undefined }
}
for (const [name, { proxies, runtime, files, api }] of Object.entries(routes)) {
  test(`routes: ${name}`, () => assert.deepEqual(serviceNamed(imported(project({ ...all, ...runtime }, files, proxies)), 'api')?.routes, api))
}

test('the gateway of version 2 is read too', () => {
  const draft = imported(project({ $schema: 'https://schemas.platformatic.dev/@platformatic/runtime/2.40.0.json', ...all, entrypoint: 'front' }, {
    'services/front/platformatic.json': { $schema: 'https://schemas.platformatic.dev/@platformatic/composer/2.40.0.json', composer: { services: [{ id: 'api', proxy: { prefix: '/api' } }] } }
  }))
  assert.deepEqual(serviceNamed(draft, 'api')?.routes, [{ pathPrefix: '/api', rewrite: '/' }])
})

const workers: Record<string, { runtime: unknown, own?: unknown, becomes: unknown }> = {
  'one is the default': { runtime: 1, becomes: undefined },
  'a number': { runtime: 2, becomes: { min: 2 } },
  'a number of its own': { runtime: 2, own: 3, becomes: { min: 3 } },
  'a placeholder': { runtime: '{WORKERS}', becomes: { min: 5 } },
  'a range': { runtime: { dynamic: true, minimum: 2, maximum: 6 }, becomes: { min: 2, max: 6 } },
  'a range of its own': { runtime: { dynamic: true, minimum: 2, maximum: 6 }, own: { minimum: 1, maximum: 3 }, becomes: { min: 1, max: 3 } },
  'a range the wrong way round': { runtime: { dynamic: true, minimum: 6, maximum: 2 }, becomes: { min: 2, max: 6 } },
  'a range that is off': { runtime: { dynamic: false, static: 4, minimum: 1, maximum: 9 }, becomes: { min: 4 } }
}
for (const [name, { runtime, own, becomes }] of Object.entries(workers)) {
  test(`workers: ${name}`, () => {
    const draft = imported(project({ services: [{ id: 'api', path: 'services/api', ...own !== undefined && { workers: own } }], workers: runtime }, { '.env': 'WORKERS=5' }))
    assert.deepEqual(serviceNamed(draft, 'api')?.workers, becomes)
  })
}

const vite = (config: object): Files => ({
  'services/api/package.json': { devDependencies: { vite: '7' } },
  'services/api/index.html': '<!doctype html>',
  'services/api/watt.json': { $schema: schema('vite'), ...config }
})
const starts: Record<string, { files: Files, becomes: Partial<ServiceSpec> }> = {
  'the main of package.json needs no entry': { files: {}, becomes: { path: 'services/api' } },
  'a file that Watt finds by its name': { files: { 'services/api/package.json': {}, 'services/api/app.mjs': '' }, becomes: { path: 'services/api', entry: 'app.mjs' } },
  'node.main': { files: { 'services/api/watt.json': { module: '@platformatic/node', node: { main: './lib/start.js' } } }, becomes: { path: 'services/api', entry: 'lib/start.js' } },
  'a command of Node': {
    files: { 'services/api/watt.json': { module: '@platformatic/node', application: { commands: { production: 'node --enable-source-maps dist/server.js --quiet' } } } },
    becomes: { path: 'services/api', entry: 'dist/server.js', args: ['--quiet'] }
  },
  'a command that names a script': {
    files: { 'services/api/package.json': { scripts: { prod: 'node out.js' } }, 'services/api/watt.json': { module: '@platformatic/node', application: { commands: { production: 'npm run prod' } } } },
    becomes: { path: 'services/api', entry: 'out.js' }
  },
  'Vite, which Watt builds into dist': { files: vite({}), becomes: { path: 'services/api' } },
  'Vite, which Watt builds elsewhere': { files: vite({ application: { outputDirectory: 'out' } }), becomes: { path: 'services/api', entry: 'out' } },
  'Nest, which is found by itself': {
    files: { 'services/api/package.json': { dependencies: { '@nestjs/core': '11' }, scripts: { 'start:prod': 'node dist/main' } } },
    becomes: { path: 'services/api' }
  },
  'React Router, which is found by itself': {
    files: { 'services/api/package.json': { devDependencies: { '@react-router/dev': '8' }, scripts: { start: 'react-router-serve ./build/server/index.js' } }, 'services/api/react-router.config.ts': '' },
    becomes: { path: 'services/api' }
  },
  'Remix, which is found by itself': {
    files: { 'services/api/package.json': { devDependencies: { '@remix-run/dev': '2' } }, 'services/api/watt.json': { $schema: schema('remix') } },
    becomes: { path: 'services/api' }
  },
  'Astro, which is found by itself': {
    files: { 'services/api/package.json': { dependencies: { astro: '7', '@astrojs/node': '11' } }, 'services/api/astro.config.mjs': '' },
    becomes: { path: 'services/api' }
  },
  'Astro, built into another folder': {
    files: { 'services/api/package.json': { dependencies: { astro: '7' } }, 'services/api/watt.json': { module: '@platformatic/astro', application: { outputDirectory: 'out' } } },
    becomes: { path: 'services/api', entry: 'out' }
  }
}
for (const [name, { files, becomes }] of Object.entries(starts)) {
  test(`start: ${name}`, () => {
    const service = serviceNamed(imported(project({ services: [{ id: 'api', path: './services/api' }] }, files)), 'api')
    assert.deepEqual({ path: service?.path, ...service?.entry !== undefined && { entry: service.entry }, ...service?.args !== undefined && { args: service.args } }, becomes)
  })
}

test('variables win as they do in Watt: the file of the project, the file of the application, env of the project, env of the application', () => {
  const draft = imported(project({ services: [{ id: 'api', path: 'services/api', env: { D: 'own env', NESTED: 'x-{A}' } }], env: { C: 'env', D: 'env' } }, {
    '.env': 'A=file\nB=file\nC=file\nD=file\nPORT=3000\nPLT_SERVER_HOSTNAME=::',
    'services/api/.env': 'B=own file\nC=own file\nD=own file\nAPI_TOKEN=hunter2'
  }))
  assert.deepEqual(serviceNamed(draft, 'api')?.env, [
    { name: 'A', value: 'file' },
    { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'shop-api-env', key: 'API_TOKEN' } } },
    { name: 'B', value: 'own file' },
    { name: 'C', value: 'env' },
    { name: 'D', value: 'own env' },
    { name: 'NESTED', value: 'x-file' }
  ])
})

const notFound: Record<string, { handler: unknown, isTold: boolean }> = {
  'of Vite is here': { handler: true, isTold: false },
  'of Vite that is off answers all the same': { handler: false, isTold: false },
  'with a page of its own has no equal': { handler: '404.html', isTold: true },
  'with a status of its own has no equal': { handler: { enabled: true, statusCode: 404 }, isTold: true }
}
for (const [name, { handler, isTold }] of Object.entries(notFound)) {
  test(`a notFoundHandler ${name}`, () => {
    const { unsupported } = imported(project({ services: [{ id: 'api', path: 'services/api' }] }, vite({ vite: { notFoundHandler: handler } })))
    assert.deepEqual(unsupported.filter(({ path }) => path.includes('vite')).map(({ path }) => path), isTold ? ['services/api/watt.json: vite.notFoundHandler'] : [])
  })
}

const caches: Record<string, { cache: object, becomes: unknown }> = {
  'its server is named in the environment': { cache: { adapter: 'valkey', url: 'valkey://cache:6379' }, becomes: { name: 'NEXT_CACHE_URL', value: 'redis://cache:6379' } },
  'with TLS': { cache: { adapter: 'valkey', url: 'valkeys://cache:6379' }, becomes: { name: 'NEXT_CACHE_URL', value: 'rediss://cache:6379' } },
  'a password stays out': { cache: { adapter: 'redis', url: 'redis://:hunter2@cache:6379' }, becomes: { name: 'NEXT_CACHE_URL', valueFrom: { secretKeyRef: { name: 'shop-env', key: 'NEXT_CACHE_URL' } } } },
  'from .env': { cache: { adapter: 'redis', url: '{CACHE}' }, becomes: { name: 'NEXT_CACHE_URL', value: 'redis://here:1' } },
  'from the environment': { cache: { adapter: 'redis', url: '{ELSEWHERE}' }, becomes: { name: 'NEXT_CACHE_URL', valueFrom: { secretKeyRef: { name: 'shop-env', key: 'ELSEWHERE' } } } },
  'one that is off': { cache: { enabled: false, adapter: 'redis', url: 'redis://cache' }, becomes: undefined }
}
for (const [name, { cache, becomes }] of Object.entries(caches)) {
  test(`Next's shared cache: ${name}`, () => {
    const draft = imported(project({ services: [{ id: 'api', path: 'services/api' }] }, {
      '.env': 'CACHE=redis://here:1',
      'services/api/package.json': { dependencies: { next: '16' } },
      'services/api/watt.json': { $schema: schema('next'), cache }
    }))
    assert.deepEqual(serviceNamed(draft, 'api')?.env?.find((variable) => variable.name === 'NEXT_CACHE_URL'), becomes)
    assert.deepEqual(draft.unsupported.filter(({ path }) => path.includes('cache')), [])
  })
}

test('YAML is read, placeholders without quotes too', () => {
  const yaml = `$schema: ${schema('wattpm')}\nentrypoint: api\nservices:\n  - id: api\n    path: services/api\n    workers: {WORKERS}\n`
  assert.deepEqual(serviceNamed(imported({ ...project({}), 'watt.yaml': yaml, '.env': 'WORKERS=2' }, 'watt.yaml'), 'api')?.workers, { min: 2 })
})

test('a project of one application is wrapped, as Watt does', () => {
  const files = { 'package.json': { name: '@acme/solo', main: 'index.js' }, 'watt.json': { $schema: schema('node'), runtime: { workers: 2, logger: { level: 'warn' } } } }
  assert.deepEqual(manifestOf(imported(files)).spec, {
    image: 'solo:latest',
    services: [{ name: 'solo', path: '.', routes: [{ pathPrefix: '/' }], workers: { min: 2 } }],
    observability: { logs: { level: 'warn' } }
  })
})

test('a wish that a manifest cannot hold is told, and never gets into it', () => {
  const draft = imported(project({ services: [{ id: 'api', path: 'services/api', workers: 1000, env: { TZ: 'UTC', 'no-name': 'x' } }, { id: 'php', path: 'services/php' }] }, {
    'services/php/watt.json': { $schema: schema('php') }
  }))
  assert.deepEqual(draft.services.map(({ service }) => service), [{ name: 'api', path: 'services/api' }])
  assert.deepEqual(draft.unsupported.filter(({ path }) => /workers|TZ|no-name|php/.test(path)).map(({ path }) => path), ['services[0].env: TZ', 'services[0].env: no-name', 'services/php/watt.json', 'spec.services[0].workers.min'])
  assert.match(draft.leftOut.join('\n'), /^php \(services\/php\) is left out/m)
})

test('of what is said of the app only the wrong part goes', () => {
  const draft = imported(project({ ...all, logger: { level: 'warn' }, telemetry: { applicationName: 'shop', exporter: { type: 'otlp', options: { url: '{COLLECTOR}' } } } }))
  assert.deepEqual(draft.spec.observability, { logs: { level: 'warn' } })
  assert.deepEqual(draft.unsupported.filter(({ path }) => path.startsWith('spec.')).map(({ path }) => path), ['spec.observability.tracing.endpoint'])
  assert.doesNotMatch(printDraft(draft), /telemetry\.exporter/)
})

const refused: Record<string, { files: Files, code: string, file?: string }> = {
  'no JSON': { files: { 'watt.json': '{ "services": [' }, code: 'WATT_PROJECT_FILE_BROKEN' },
  'no object': { files: { 'watt.json': '[]' }, code: 'WATT_PROJECT_FILE_BROKEN' },
  TOML: { files: { 'watt.toml': 'entrypoint = "api"' }, file: 'watt.toml', code: 'WATT_PROJECT_FORMAT_NOT_READ' },
  JSON5: { files: { 'watt.json5': '{ entrypoint: "api" }' }, file: 'watt.json5', code: 'WATT_PROJECT_FORMAT_NOT_READ' },
  'no applications': { files: { 'watt.json': { $schema: schema('wattpm') } }, code: 'WATT_NO_WATT_PROJECT' },
  'two of one id': { files: project({ services: [{ id: 'api', path: 'services/api' }], web: [{ id: 'api', path: 'services/web' }] }), code: 'WATT_PROJECT_NAME_TWICE' },
  'two of one name': { files: project({ services: [{ id: 'my_api', path: 'services/api' }, { id: 'my-api', path: 'services/web' }] }), code: 'WATT_PROJECT_NAME_TWICE' },
  'nothing that is a service': { files: { 'watt.json': { $schema: schema('wattpm'), services: [{ id: 'far', path: '../far' }, { id: 'php', path: 'php' }] }, 'php/watt.json': { $schema: schema('php') } }, code: 'WATT_PROJECT_EMPTY' },
  'a broken package.json': { files: { ...project(all), 'services/api/package.json': '{' }, code: 'WATT_PROJECT_FILE_BROKEN' }
}
for (const [name, { files, code, file = 'watt.json' }] of Object.entries(refused)) {
  test(`${name} is refused, with a remedy`, () => {
    assert.throws(() => importWatt(treeOf(files), file, 'shop'), (thrown) => thrown instanceof WattError && thrown.code === code && thrown.hint !== '')
  })
}

test('whatever a project says, the manifest is valid or there is a reason', () => {
  const loose = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string(), { maxLength: 2 }), fc.dictionary(fc.constantFrom('static', 'minimum', 'maximum', 'dynamic', 'level', 'A', 'PORT'), fc.oneof(fc.string(), fc.integer(), fc.boolean())))
  const application = fc.record({ id: fc.constantFrom('api', 'web', 'Gate_Way', 'gateway', '🦊', ''), path: fc.constantFrom('services/api', 'services/web', '.', '../x', 'a b/ü') })
  const withMore = (base: fc.Arbitrary<object>, fields: object): fc.Arbitrary<object> =>
    fc.tuple(base, fc.dictionary(fc.constantFrom(...Object.keys(fields).filter((name) => !['id', 'path', 'applications', 'services', 'web', 'application', 'autoload', 'module', '$schema'].includes(name))), loose, { maxKeys: 5 })).map(([one, more]) => ({ ...one, ...more }))
  const proxy = fc.record({ id: fc.constantFrom('api', 'web'), proxy: fc.record({ prefix: fc.string({ maxLength: 8 }), hostname: fc.string({ maxLength: 8 }), rewritePrefix: fc.string({ maxLength: 4 }) }, { requiredKeys: [] }) })
  const runtime = withMore(fc.record({ $schema: fc.constant(schema('wattpm')), applications: fc.array(withMore(application, applicationFields), { maxLength: 3 }) }), runtimeFields)
  fc.assert(fc.property(runtime, fc.array(proxy, { maxLength: 3 }), (config, proxies) => {
    try {
      const draft = importWatt(treeOf(project({ ...config, services: [{ id: 'front', path: 'services/front' }] }, {}, proxies)), 'watt.json', 'shop')
      assert.deepEqual(validate(manifestOf(draft)), [])
      assert.deepEqual(parse(printDraft(draft), { version: '1.1' }), JSON.parse(JSON.stringify(manifestOf(draft))))
    } catch (thrown) {
      if (!(thrown instanceof WattError)) throw thrown
    }
  }), { numRuns: 200 })
})

test('a file is never overwritten without --force', async () => {
  await using folder = await temporaryFolder()
  writeFiles(folder.path, project({ entrypoint: 'api', ...all }))
  const file = join(folder.path, 'wattapp.yaml')
  assert.equal((await wattapp(['import', folder.path, '-o', file])).code, 0)
  const first = readFileSync(file, 'utf8')
  writeFiles(folder.path, { 'wattapp.yaml': 'mine' })
  const { code, stderr, stdout } = await wattapp(['import', folder.path, '-o', file])
  assert.deepEqual([code, stdout, readFileSync(file, 'utf8')], [1, '', 'mine'])
  assert.match(stderr, /^error: .* is there already \(WATT_OUTPUT_EXISTS\)\n {2}remedy: /)
  assert.equal((await wattapp(['import', folder.path, '-o', file, '--force'])).code, 0)
  assert.equal(readFileSync(file, 'utf8'), first)
  assert.match((await wattapp(['validate', file])).stdout, /is valid\n$/)
})

test('a folder without a Watt project, and a file that is not there, are code 1 with a remedy', async () => {
  await using folder = await temporaryFolder()
  for (const [input, code] of [[folder.path, 'WATT_NO_WATT_PROJECT'], [join(folder.path, 'watt.json'), 'WATT_INPUT_UNREADABLE']] as const) {
    const ended = await wattapp(['import', input])
    assert.deepEqual([ended.code, ended.stdout], [1, ''])
    assert.match(ended.stderr, new RegExp(`^error: .*\\(${code}\\)\\n {2}remedy: `))
  }
})

test('an imported project runs: paths by the gateway, calls by plt.local, variables', { timeout: 60_000 }, async () => {
  const service = (answer: string): string => `import { createServer } from 'node:http'\nexport function create () {\n  return createServer(async (request, response) => response.end(${answer}))\n}\n`
  await using folder = await temporaryFolder()
  writeFiles(folder.path, {
    'watt.json': { $schema: schema('wattpm'), entrypoint: 'front', autoload: { path: 'web' }, env: { CURRENCY: 'EUR' } },
    '.env': 'SHOP_TITLE=The shop\n',
    'web/front/watt.json': { $schema: schema('gateway'), gateway: { applications: [{ id: 'api', proxy: { prefix: '/api' } }, { id: 'page', proxy: { prefix: '/' } }] } },
    'web/api/package.json': { type: 'module' },
    'web/api/app.js': service("['api', request.url, process.env.CURRENCY].join(' ')"),
    'web/page/package.json': { type: 'module', main: 'index.js' },
    'web/page/index.js': service("process.env.SHOP_TITLE + ' ' + request.url + ': ' + await (await fetch('http://api.plt.local/from/page')).text()")
  })
  assert.equal((await wattapp(['import', '.', '-o', 'wattapp.yaml'], { cwd: folder.path })).code, 0)
  await using app = running(['run', 'wattapp.yaml', '--port', '0', '--admin-port', '0'], { cwd: folder.path })
  const [, url = ''] = await app.line(/is on (http:\S+)/)
  assert.equal(await (await fetch(`${url}/api/list?a=1`)).text(), 'api /list?a=1 EUR')
  assert.equal(await (await fetch(`${url}/about`)).text(), 'The shop /about: api /from/page EUR')
})
