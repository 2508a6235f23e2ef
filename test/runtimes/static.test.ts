// Runtime `static`: what it serves, and what nobody gets out of it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { appFolder, ServiceThread, type Answer, type AppFolder, type Ask } from './service-thread.ts'

let outside: AppFolder
let app: AppFolder
let service: ServiceThread
let page: ServiceThread

before(async () => {
  outside = appFolder({ 'secret.txt': 'secret', 'folder/secret.txt': 'secret' })
  app = appFolder({
    'web/index.html': '<h1>home</h1>',
    'web/docs/index.html': '<h1>docs</h1>',
    'web/404.html': '<h1>lost</h1>',
    'web/app.js': 'let a = 1',
    'web/digits.txt': '0123456789',
    'web/empty.css': '',
    'web/a b.txt': 'spaced',
    'web/large.bin': 'x'.repeat(300_000),
    'web/.env': 'secret',
    'web/.git/config': 'secret',
    'web/.well-known/security.txt': 'contact',
    'web/leak.txt': `-> ${outside.root}/secret.txt`,
    'web/leak': `-> ${outside.root}/folder`,
    'web/loop': '-> loop',
    'web/..2026/mounted.txt': 'mounted',
    'web/..data': '-> ..2026',
    'web/mounted.txt': '-> ..data/mounted.txt',
    'secret.txt': 'secret',
    'page.html': '<h1>one page</h1>'
  })
  service = new ServiceThread({ root: app.root, path: 'web' })
  page = new ServiceThread({ root: app.root, path: 'page.html' })
  const { runtime, reason } = await service.heard('ready')
  assert.deepEqual([runtime, reason], ['static', 'there is index.html and nothing to run'])
  await page.heard('ready')
})

after(async () => {
  await service[Symbol.asyncDispose]()
  await page[Symbol.asyncDispose]()
  app[Symbol.dispose]()
  outside[Symbol.dispose]()
})

function header ({ headers }: Answer, name: string): string | undefined {
  return headers.find(([known]) => known === name)?.[1]
}

interface Row extends Ask { path: string, status: number, body?: string, has?: Record<string, string | undefined> }

const rows: Record<string, Row> = {
  'the root is index.html': { path: '/', status: 200, body: '<h1>home</h1>', has: { 'content-type': 'text/html; charset=utf-8', 'content-length': '13', 'x-content-type-options': 'nosniff', 'accept-ranges': 'bytes' } },
  'a script has its type': { path: '/app.js?v=1', status: 200, body: 'let a = 1', has: { 'content-type': 'text/javascript; charset=utf-8' } },
  'an encoded name is decoded': { path: '/a%20b.txt', status: 200, body: 'spaced' },
  'an empty file is served': { path: '/empty.css', status: 200, body: '', has: { 'content-length': '0' } },
  'a large file is streamed': { path: '/large.bin', status: 200, body: 'x'.repeat(300_000), has: { 'content-type': 'application/octet-stream' } },
  'a folder with a slash is its index': { path: '/docs/', status: 200, body: '<h1>docs</h1>' },
  'a folder without a slash is redirected, relatively': { path: '/docs?q=1', status: 301, has: { location: './docs/?q=1' } },
  'HEAD has the headers and no body': { path: '/digits.txt', method: 'HEAD', status: 200, body: '', has: { 'content-length': '10' } },
  'what is not there is 404.html': { path: '/none', status: 404, body: '<h1>lost</h1>', has: { 'content-type': 'text/html; charset=utf-8', etag: undefined } },
  'another method is told which are allowed': { path: '/app.js', method: 'POST', body: 'Method Not Allowed\n', status: 405, has: { allow: 'GET, HEAD' } },
  'the first bytes': { path: '/digits.txt', headers: { range: 'bytes=0-3' }, status: 206, body: '0123', has: { 'content-range': 'bytes 0-3/10', 'content-length': '4' } },
  'from a byte on': { path: '/digits.txt', headers: { range: 'bytes=7-' }, status: 206, body: '789' },
  'the last bytes': { path: '/digits.txt', headers: { range: 'bytes=-2' }, status: 206, body: '89' },
  'a range past the end is cut': { path: '/digits.txt', headers: { range: 'bytes=8-99' }, status: 206, body: '89' },
  'a range outside is refused': { path: '/digits.txt', headers: { range: 'bytes=10-' }, status: 416, body: '', has: { 'content-range': 'bytes */10' } },
  'several ranges get the whole': { path: '/digits.txt', headers: { range: 'bytes=0-1,3-4' }, status: 200, body: '0123456789' },
  'If-Range with another tag gets the whole': { path: '/digits.txt', headers: { range: 'bytes=0-1', 'if-range': '"other"' }, status: 200, body: '0123456789' },
  'a link within the folder is followed (a mounted ConfigMap)': { path: '/mounted.txt', status: 200, body: 'mounted' },
  '.well-known is public': { path: '/.well-known/security.txt', status: 200, body: 'contact' }
}

for (const [name, { path, status, body, has = {}, ...ask }] of Object.entries(rows)) {
  test(name, async () => {
    const answer = await service.ask(path, ask)
    assert.equal(answer.status, status)
    if (body !== undefined) assert.equal(answer.body, body)
    for (const [field, value] of Object.entries(has)) assert.equal(header(answer, field), value, field)
  })
}

const attacks = [
  '/.env', '/%2eenv', '/%2Eenv', '/.git/config', '/.git/', '/docs/../.env', '/docs/..%2f.env', '/..data/mounted.txt', '/..2026/mounted.txt',
  '/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/..%5csecret.txt', '/docs/%2e%2e/%2e%2e/secret.txt', '/docs%2f..%2f..%2fsecret.txt',
  '/.%00./secret.txt', '/app.js%00.html', '//secret.txt', '/docs//../../secret.txt', '/./../secret.txt', '/%c0%ae%c0%ae/secret.txt', '/%',
  '/leak.txt', '/leak/secret.txt', '/loop', '/.well-known/../.env', '/.well-known/.env', '/docs/.well-known/x', 'http://host/../secret.txt', '*', ''
]

for (const path of attacks) {
  test(`nothing is got by ${JSON.stringify(path)}`, async () => {
    const { status, body } = await service.ask(path)
    assert.deepEqual([status, body], [404, '<h1>lost</h1>'])
  })
}

test('no redirect leads to another host', async () => {
  for (const path of ['//docs', '//evil.example/..', '/docs/..', '/\\evil.example']) {
    const answer = await service.ask(path)
    assert.deepEqual([answer.status, header(answer, 'location')], [404, undefined])
  }
})

test('what a browser has is not sent again', async () => {
  const first = await service.ask('/app.js')
  const etag = header(first, 'etag') ?? ''
  const date = header(first, 'last-modified') ?? ''
  for (const headers of [{ 'if-none-match': etag }, { 'if-none-match': `"a", W/${etag}` }, { 'if-none-match': '*' }, { 'if-modified-since': date }]) {
    const again = await service.ask('/app.js', { headers })
    assert.deepEqual([again.status, again.body, header(again, 'etag')], [304, '', etag], JSON.stringify(headers))
  }
  const older = await service.ask('/app.js', { headers: { 'if-none-match': '"older"', 'if-modified-since': date } })
  assert.equal(older.status, 200)
})

test('a part is sent while the tag is still the same', async () => {
  const etag = header(await service.ask('/digits.txt'), 'etag') ?? ''
  const part = await service.ask('/digits.txt', { headers: { range: 'bytes=1-2', 'if-range': etag } })
  assert.deepEqual([part.status, part.body], [206, '12'])
})

test('a service may be one page', async () => {
  assert.equal((await page.ask('/')).body, '<h1>one page</h1>')
  assert.equal((await page.ask('/page.html')).body, '<h1>one page</h1>')
  for (const path of ['/secret.txt', '/web/index.html', '/page.html/', '/web/']) assert.equal((await page.ask(path)).status, 404, path)
})
