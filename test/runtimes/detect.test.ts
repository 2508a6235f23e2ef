// Which runtime a folder is for, and which file it runs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { detectRuntime, triedFiles, type FolderFacts } from '../../src/runtimes/detect.ts'
import { entryCandidates, readManifest } from '../../src/runtimes/manifest.ts'
import { runtimes } from '../../src/runtimes/table.ts'

interface Folder { files?: string[], manifest?: unknown, runtime?: FolderFacts['runtime'], entry?: string, file?: string }

function facts ({ files = [], manifest, runtime, entry, file }: Folder): FolderFacts {
  return { runtime, entry, file, manifest: manifest === undefined ? undefined : readManifest(manifest), has: (name) => files.includes(name) }
}

const rows: Record<string, Folder & { is: string | undefined, because?: string }> = {
  'the service\'s own word': { runtime: 'static', files: ['index.js'], is: 'static', because: 'the service says so' },
  'a dependency on fastify': { files: ['index.js'], manifest: { dependencies: { fastify: '5' } }, is: 'fastify', because: 'package.json depends on fastify' },
  'a development dependency on express': { files: ['index.ts'], manifest: { devDependencies: { express: '5' } }, is: 'express' },
  koa: { files: ['app.js'], manifest: { main: 'app.js', dependencies: { koa: '3' } }, is: 'koa' },
  hono: { files: ['index.mts'], manifest: { dependencies: { hono: '4' } }, is: 'fetch', because: 'package.json depends on hono' },
  'fastify before the others': { files: ['index.js'], manifest: { dependencies: { express: '5', hono: '4', fastify: '5' } }, is: 'fastify' },
  next: { files: ['package.json'], manifest: { dependencies: { next: '16', express: '5' } }, is: 'next', because: 'package.json depends on next' },
  'next, said at the root for all': { files: ['next.config.ts'], manifest: { dependencies: { next: '16' } }, is: 'next' },
  'a program beside next, said at the root for all': { files: ['index.js'], manifest: { dependencies: { next: '16' } }, is: 'node' },
  'a server of its own that uses next': { files: ['package.json', 'server.js'], manifest: { scripts: { start: 'node server.js' }, dependencies: { next: '16' } }, is: 'node' },
  'react-router in framework mode': { files: ['package.json', 'vite.config.ts', 'react-router.config.ts'], manifest: { scripts: { start: 'react-router-serve ./build/server/index.js' }, dependencies: { 'react-router': '8', express: '5' }, devDependencies: { '@react-router/dev': '8', vite: '8' } }, is: 'react-router', because: 'package.json depends on @react-router/dev, and there is react-router.config.ts' },
  'react-router in framework mode, by its Vite plugin alone': { files: ['package.json', 'vite.config.js'], manifest: { devDependencies: { '@react-router/dev': '7', vite: '7' } }, is: 'react-router' },
  'what react-router has built, without its configs': { files: ['package.json', 'build/server/index.js'], manifest: { devDependencies: { '@react-router/dev': '8' } }, is: 'react-router' },
  'react-router as a library, in a page of Vite\'s': { files: ['package.json', 'index.html', 'vite.config.ts'], manifest: { dependencies: { 'react-router': '8' }, devDependencies: { vite: '8' } }, is: 'vite' },
  'a page of Vite\'s beside tools of react-router': { files: ['package.json', 'index.html', 'vite.config.ts'], manifest: { devDependencies: { '@react-router/dev': '8', vite: '8' } }, is: 'vite' },
  'a server of its own that uses react-router': { files: ['package.json', 'server.js', 'react-router.config.ts'], manifest: { scripts: { start: 'cross-env NODE_ENV=production node server.js' }, dependencies: { express: '5' }, devDependencies: { '@react-router/dev': '8' } }, is: 'express' },
  remix: { files: ['package.json', 'vite.config.ts'], manifest: { scripts: { start: 'remix-serve ./build/server/index.js' }, devDependencies: { '@remix-run/dev': '2', vite: '6' } }, is: 'remix', because: 'package.json depends on @remix-run/dev, and there is vite.config.ts' },
  'remix of the compiler before Vite': { files: ['package.json', 'remix.config.js'], manifest: { devDependencies: { '@remix-run/dev': '2' } }, is: 'remix' },
  'nest before it is built': { files: ['package.json', 'nest-cli.json'], manifest: { scripts: { start: 'nest start', 'start:prod': 'node dist/main' }, dependencies: { '@nestjs/core': '12', fastify: '5' } }, is: 'nest' },
  'nest without its own tool': { files: ['package.json', 'dist/app.js'], manifest: { scripts: { start: 'node dist/app' }, dependencies: { '@nestjs/core': '11', express: '5' } }, is: 'nest' },
  'a program': { files: ['index.cjs'], is: 'node', because: 'there is index.cjs' },
  'a program beside a page': { files: ['index.html', 'index.js'], is: 'node' },
  'a page': { files: ['index.html'], is: 'static', because: 'there is index.html and nothing to run' },
  astro: { files: ['package.json', 'astro.config.mjs'], manifest: { dependencies: { astro: '7', vite: '8' } }, is: 'astro', because: 'package.json depends on astro, and there is astro.config.mjs' },
  'astro without a config': { files: ['package.json'], manifest: { dependencies: { astro: '7' } }, is: 'astro', because: 'package.json depends on astro' },
  'astro, started as its standalone server is': { files: ['package.json', 'astro.config.ts', 'dist/server/entry.mjs'], manifest: { scripts: { start: 'HOST=0.0.0.0 node ./dist/server/entry.mjs' }, dependencies: { astro: '7' } }, is: 'astro' },
  'astro, started by its preview': { files: ['package.json', 'astro.config.ts'], manifest: { scripts: { start: 'astro preview' }, dependencies: { astro: '7' } }, is: 'astro' },
  'a server of its own that uses astro': { files: ['package.json', 'astro.config.mjs', 'server.js'], manifest: { scripts: { start: 'node server.js' }, dependencies: { astro: '7', express: '5' } }, is: 'express' },
  'the standalone server of astro, named as the entry': { entry: 'dist/server/entry.mjs', files: ['package.json', 'astro.config.mjs'], manifest: { dependencies: { astro: '7' } }, is: 'node' },
  'a page and Vite': { files: ['package.json', 'index.html'], manifest: { devDependencies: { vite: '8' } }, is: 'vite', because: 'package.json depends on vite, and there is index.html' },
  'what Vite has built, without its page': { files: ['package.json', 'dist/index.html'], manifest: { devDependencies: { vite: '8' } }, is: 'vite' },
  'a program that starts Vite by itself': { files: ['package.json', 'index.html', 'server.js'], manifest: { scripts: { start: 'node server.js' }, devDependencies: { vite: '8' } }, is: 'node' },
  'an entry beside a page and Vite': { entry: 'server.js', files: ['package.json', 'index.html'], manifest: { devDependencies: { vite: '8' } }, is: 'node' },
  'a server, and Vite for its pages': { files: ['package.json', 'index.html', 'index.js'], manifest: { dependencies: { express: '5', vite: '8' } }, is: 'express' },
  'a page below a package.json that has Vite': { files: ['index.html'], manifest: { devDependencies: { vite: '8' } }, is: 'static' },
  'a page with a build-time dependency only': { files: ['index.html'], manifest: { devDependencies: { express: '5' } }, is: 'static' },
  'an entry, though it is not there': { entry: 'dist/main.js', is: 'node', because: 'there is dist/main.js' },
  'a file': { file: 'api.mjs', is: 'node', because: 'there is api.mjs' },
  'a file that is a page': { file: 'home.html', is: 'static', because: 'home.html is a page' },
  'a file of another kind': { file: 'data.json', is: undefined },
  nothing: { files: ['README.md'], is: undefined }
}

for (const [name, { is, because, ...folder }] of Object.entries(rows)) {
  test(`${name}: ${is ?? 'no runtime'}`, () => {
    const found = detectRuntime(runtimes, facts(folder))
    assert.equal(found?.runtime, is)
    if (because !== undefined) assert.equal(found?.reason, because)
  })
}

test('what was tried is said in the order in which it was tried', () => {
  assert.match(triedFiles(facts({ manifest: { main: 'lib' } })), /^lib, lib\.js, .*lib\/index\.js, .*index\.js, .*, index\.html$/)
  assert.match(triedFiles(facts({ file: 'data.json' })), /^data\.json: it is neither \.js /)
})

const indexes = ['index.js', 'index.mjs', 'index.cjs', 'index.ts', 'index.mts', 'index.cts']
const manifests: Record<string, { manifest: unknown, first: string[] }> = {
  'nothing said': { manifest: {}, first: indexes },
  'main with an extension': { manifest: { main: './a.ts' }, first: ['a.ts', ...indexes] },
  'main without one': { manifest: { main: 'a' }, first: ['a', 'a.js', 'a.mjs', 'a.cjs', 'a.ts', 'a.mts', 'a.cts', 'a/index.js'] },
  'main that ends with a slash': { manifest: { main: 'a/' }, first: ['a/index.js', 'a/index.mjs'] },
  'main that is the folder': { manifest: { main: '.' }, first: indexes },
  'exports as a string': { manifest: { exports: './a.js', main: 'b.js' }, first: ['a.js', 'b.js', ...indexes] },
  'exports by condition': { manifest: { exports: { types: './t.ts', import: './a.js', default: './b.js' } }, first: ['a.js', ...indexes] },
  'exports of the root, nested': { manifest: { exports: { './sub': './s.js', '.': { browser: './w.js', node: { import: './a.js' } } } }, first: ['a.js', ...indexes] },
  'exports as a list': { manifest: { exports: [{ browser: './w.js' }, './a.js'] }, first: ['a.js', ...indexes] },
  'a start script comes last': { manifest: { scripts: { start: 'node ./server.js' } }, first: [...indexes, 'server.js'] },
  'a start script with options': { manifest: { scripts: { start: ' node --import=./x.js  -C=dev server.ts' } }, first: [...indexes, 'server.ts'] },
  'a start script for production': { manifest: { scripts: { start: 'nest start', 'start:prod': 'node dist/main' } }, first: [...indexes, 'dist/main', 'dist/main.js'] },
  'a start script that is more than that': { manifest: { scripts: { start: 'npm run build && node server.js' } }, first: indexes },
  'a start script with arguments': { manifest: { scripts: { start: 'node server.js --port 3000' } }, first: indexes },
  'fields of the wrong kind': { manifest: { main: 1, exports: 2, scripts: 'x', dependencies: ['fastify'] }, first: indexes }
}

for (const [name, { manifest, first }] of Object.entries(manifests)) {
  test(`package.json, ${name}: the files to try`, () => {
    const candidates = entryCandidates(undefined, readManifest(manifest))
    assert.deepEqual(candidates.slice(0, first.length), first)
  })
}

test('an entry is tried alone', () => {
  assert.deepEqual(entryCandidates('dist/x', readManifest({ main: 'a.js' })), ['dist/x'])
})

test('any JSON is read without an error, and always leaves something to try', () => {
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (main, exports, scripts) => {
    const candidates = entryCandidates(undefined, readManifest({ main, exports, scripts, dependencies: main }))
    assert.ok(candidates.length >= indexes.length)
    assert.equal(new Set(candidates).size, candidates.length)
  }))
})
