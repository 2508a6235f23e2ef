// `wattapp detect` on folders as people have them.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeFiles, type Files } from './files.ts'
import { temporaryFolder, wattapp } from './support.ts'

interface Report { services: Array<{ service: string, path: string, runtime: string | null, reason: string, entry: string | null, build: { command: string, by: string } | null, notes: string[], problem?: { code: string, message: string, remedy: string } }>, leftOut: string[] }

const code = 'export default { fetch: () => new Response("x") }'
const app = (services: unknown[]): unknown => ({ apiVersion: 'wattapp.dev/v1alpha1', kind: 'WattApp', metadata: { name: 'shop' }, spec: { image: 'shop:1', services } })

async function detect (files: Files, path = '.', ...args: string[]): Promise<Report & { code: number | null, stderr: string }> {
  await using folder = await temporaryFolder()
  writeFiles(folder.path, files)
  const { code, stdout, stderr } = await wattapp(['detect', join(folder.path, path), '-o', 'json', ...args])
  return { ...(stdout === '' ? { services: [], leftOut: [] } : JSON.parse(stdout) as Report), code, stderr }
}

interface Row { files: Files, path?: string, finds: [runtime: string | null, reason: string, entry: string | null, build: string | null], note?: RegExp }

const rows: Record<string, Row> = {
  'a Fastify service': { files: { 'package.json': { name: 'api', main: 'app.js', dependencies: { fastify: '5' } }, 'app.js': code }, finds: ['fastify', 'package.json depends on fastify', 'app.js', null] },
  'a program without package.json': { files: { 'index.ts': code }, finds: ['node', 'there is index.ts', 'index.ts', null] },
  'a folder of files': { files: { 'index.html': '<p>' }, finds: ['static', 'there is index.html and nothing to run', null, null] },
  'a program that is built by its own script': { files: { 'package.json': { main: 'dist/main.js', scripts: { build: 'tsc' } }, 'package-lock.json': {} }, finds: [null, 'nothing there can be run yet: build it', 'dist/main.js (not there yet)', 'npm run build'] },
  'a script, and a lockfile of pnpm above the folder': {
    files: { 'a/package.json': { main: 'x.js', scripts: { build: 'tsc' } }, 'a/x.js': code, 'pnpm-lock.yaml': '', 'wattapp.json': app([{ name: 'a', path: 'a' }]) },
    path: 'wattapp.json',
    finds: ['node', 'there is x.js', 'x.js', 'pnpm run build']
  },
  'a package that is listed by itself, which comes built': {
    files: {
      'node_modules/registry/package.json': { name: 'registry', bin: './cli.js', scripts: { build: 'tsc' } },
      'node_modules/registry/cli.js': code,
      'wattapp.json': app([{ name: 'registry', path: 'node_modules/registry' }])
    },
    path: 'wattapp.json',
    finds: ['node', 'the service is the package of registry', 'cli.js', null]
  },
  'a program that the start script names': {
    files: {
      'a/package.json': { scripts: { start: 'serve-it public' } },
      'node_modules/.bin/serve-it': '#!/usr/bin/env node\n',
      'wattapp.json': app([{ name: 'a', path: 'a' }])
    },
    path: 'wattapp.json',
    finds: ['node', 'the start script runs serve-it', '../node_modules/.bin/serve-it', null]
  },
  'an Astro app, by the build script that it has': {
    files: { 'package.json': { scripts: { build: 'astro build' }, dependencies: { astro: '7' } }, 'package-lock.json': {}, 'astro.config.mjs': '' },
    finds: ['astro', 'package.json depends on astro, and there is astro.config.mjs', null, 'npm run build']
  },
  'React Router in framework mode': {
    files: { 'package.json': { scripts: { build: 'react-router build', start: 'react-router-serve ./build/server/index.js' }, devDependencies: { '@react-router/dev': '8' } }, 'react-router.config.ts': '' },
    finds: ['react-router', 'package.json depends on @react-router/dev, and there is react-router.config.ts', null, 'npm run build']
  },
  'Remix 2 without a build script': {
    files: { 'package.json': { devDependencies: { '@remix-run/dev': '2' } }, 'vite.config.ts': '' },
    finds: ['remix', 'package.json depends on @remix-run/dev, and there is vite.config.ts', null, 'remix vite:build']
  },
  'a framework that has no runtime here': {
    files: { 'package.json': { scripts: { build: 'nuxt build' }, dependencies: { nuxt: '4' } } },
    finds: [null, 'nothing there can be run yet: build it', null, 'npm run build'],
    note: /^Nuxt has no runtime of its own here/
  }
}

for (const [name, { files, path, finds, note }] of Object.entries(rows)) {
  test(`${name} is found for what it is`, async () => {
    const { services: [found], code, stderr } = await detect(files, path)
    assert.deepEqual([code, stderr], [0, ''])
    assert.deepEqual([found?.runtime, found?.reason, found?.entry, found?.build?.command ?? null], finds)
    assert.match(found?.notes.join('\n') ?? '', note ?? /^$/)
  })
}

const wrong: Record<string, { files: Files, path?: string, says: RegExp }> = {
  'an empty folder': { files: { 'README.md': 'hello' }, says: /nothing in \S+ can be run: there is no package\.json, and none of index\.js, .*index\.html/ },
  'a package without a program': { files: { 'package.json': { name: 'web' } }, says: /service "web": nothing in \S+ can be run: there is a package\.json, and none of index\.js/ },
  'a package.json that is no JSON': { files: { 'package.json': '{ "name": ', 'wattapp.json': app([{ name: 'a', path: '.' }]) }, path: 'wattapp.json', says: /package\.json is no valid package\.json/ },
  'a path that leads nowhere': { files: { 'wattapp.json': app([{ name: 'a', path: 'services/a' }]) }, path: 'wattapp.json', says: /service "a": there is no services\/a/ }
}

for (const [name, { files, path, says }] of Object.entries(wrong)) {
  test(`${name} is told with what to do, code 1`, async () => {
    const { services: [found], code } = await detect(files, path)
    assert.equal(code, 1)
    assert.match(found?.problem?.message ?? '', says)
    assert.notEqual(found?.problem?.remedy, '')
  })
}

test('one wrong service leaves the others told, for people: data on standard output, words on standard error', async () => {
  await using folder = await temporaryFolder()
  writeFiles(folder.path, {
    'wattapp.json': app([{ name: 'a', path: 'a' }, { name: 'b', path: 'b' }]),
    'b/package.json': { dependencies: { express: '5' }, scripts: { build: 'node build.js' } },
    'b/index.js': code
  })
  const { code: exit, stdout, stderr } = await wattapp(['detect', folder.path])
  assert.equal(exit, 1)
  assert.equal(stdout, 'b b\n' +
    '  runtime      express, as package.json depends on express\n' +
    '  entry        index.js\n' +
    '  build        npm run build (node build.js)\n' +
    '  production   what the build wrote\n' +
    '  development  a new worker at each change of a file\n')
  assert.match(stderr, /^error: service "a": there is no a \(WATT_SERVICE_FOLDER_MISSING\)\n {2}remedy: /)
})

test('of a workspace each service is told, and why a library is none', async () => {
  const { services, leftOut } = await detect({
    'package.json': { private: true, workspaces: ['packages/*'] },
    'packages/api/package.json': { name: '@shop/api', scripts: { start: 'node src/server.js' }, dependencies: { express: '5', '@shop/lib': '*' } },
    'packages/api/src/server.js': 'express().listen(3000)',
    'packages/lib/package.json': { name: '@shop/lib', main: 'index.js' },
    'packages/lib/index.js': 'exports.x = 1'
  })
  assert.deepEqual(services.map(({ service, path, runtime, entry }) => [service, path, runtime, entry]), [['api', 'packages/api', 'express', 'src/server.js']])
  assert.deepEqual(leftOut, ['packages/lib is no service: a library: @shop/api needs it, and it has no start script'])
})

test('code in a ConfigMap has no folder to look at', async () => {
  const { code, stderr } = await wattapp(['detect', join(import.meta.dirname, '../../examples/hello')])
  assert.equal(code, 1)
  assert.match(stderr, /\(WATT_CODE_NOT_IN_FOLDER\)/)
})
