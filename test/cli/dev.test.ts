import assert from 'node:assert/strict'
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { developing } from './dev-support.ts'

const says = (text: string): string => `export default { fetch: () => new Response(${JSON.stringify(text)}) }\n`
const asks = (service: string): string => `export default { fetch: async () => new Response('web: ' + await (await fetch('http://${service}.internal/')).text()) }\n`

test('a changed file is in force for the next request, and callers over the mesh wait for it', async () => {
  await using app = await developing({ files: { 'web/index.js': asks('api'), 'api/index.js': says('one') } })
  assert.equal(await app.text('/'), 'web: one')
  for (const text of ['two', 'three', 'four']) {
    const seen = app.child.lines.length
    await app.write('api/index.js', says(text))
    await app.child.lineAfter(seen, /^ {2}api {2}.*api\/index\.js changed: starts again$/)
    assert.equal(await app.text('/'), `web: ${text}`)
  }
})

test('services see NODE_ENV=development', async () => {
  await using app = await developing({ files: { 'web/index.js': 'export default { fetch: () => new Response(process.env.NODE_ENV) }\n' }, start: { env: { NODE_ENV: '' } } })
  assert.equal(await app.text('/'), 'development')
})

test('one that cannot start waits for a change, is answered for at once, and leaves the others alone', async () => {
  await using app = await developing({ files: { 'web/index.js': says('fine'), 'api/index.js': 'this is no JavaScript' }, isReady: false })
  await app.child.line(/^ {2}api {2}does not start/)
  assert.equal(await app.text('/'), 'fine')
  assert.equal((await app.get('/api')).status, 503)
  await app.write('api/index.js', says('mended'))
  await app.child.line(/ is ready; Ctrl\+C/)
  assert.equal(await app.text('/api'), 'mended')
})

test('an editor that writes beside and renames, a new folder, and a file that goes are changes', async () => {
  const lists = `import { readdirSync } from 'node:fs'
const files = readdirSync(import.meta.dirname, { recursive: true }).sort()
export default { fetch: () => new Response(files.join(' ')) }
`
  await using app = await developing({ files: { 'web/index.js': lists } })
  let seen = app.child.lines.length
  await writeFile(join(app.folder, 'web/.index.js.swp'), '')
  await writeFile(join(app.folder, 'new'), 'export default 1')
  await rename(join(app.folder, 'new'), join(app.folder, 'web/other.js'))
  await app.child.lineAfter(seen, /web\/other\.js changed/)
  seen = app.child.lines.length
  await mkdir(join(app.folder, 'web/deep/er'), { recursive: true })
  await app.write('web/deep/er/file.js', '')
  await app.child.lineAfter(seen, /web\/deep\S* (and \d+ more )?changed/)
  seen = app.child.lines.length
  await app.write('web/deep/er/file.js', 'x')
  await app.child.lineAfter(seen, /web\/deep\/er\/file\.js changed/)
  assert.match(await app.text('/'), /deep\/er\/file\.js/)
})

test('a package of the workspace is a source of those that depend on it, also where what is run was built and git ignores it', async () => {
  await using app = await developing({
    services: ['web', 'api'],
    files: {
      '.gitignore': 'dist/\n*.db\n',
      '.git/HEAD': 'ref: refs/heads/main',
      'shared/package.json': '{ "name": "@shop/shared", "type": "module", "main": "dist/index.js" }',
      'shared/dist/index.js': 'export const word = "one"\n',
      'web/package.json': '{ "type": "module", "dependencies": { "@shop/shared": "*" } }',
      'web/index.js': 'import { word } from "@shop/shared"\nexport default { fetch: () => new Response(word) }\n',
      'api/index.js': says('alone'),
      'node_modules/@shop/.keep': ''
    },
    isReady: false
  })
  const seen = app.child.lines.length
  await symlink('../../shared', join(app.folder, 'node_modules/@shop/shared'))
  await app.write('web/package.json', '{ "type": "module", "dependencies": { "@shop/shared": "^1.0.0" } }')
  await app.child.lineAfter(seen, /^ {2}web {2}ready/)
  assert.equal(await app.text('/'), 'one')
  await app.write('api/data.db', '')
  await app.write('api/node_modules/x/index.js', '')
  await app.write('shared/dist/index.js', 'export const word = "two"\n')
  await app.child.line(/^ {2}web {2}.*shared\/dist\/index\.js changed/)
  assert.equal(await app.text('/'), 'two', app.child.lines.join('\n'))
  assert.deepEqual(app.child.lines.filter((line) => /^ {2}api .*changed/.test(line)), [])
})

test('a signal ends it with code 0, however long an event stream may be', async () => {
  const stream = `import { createServer } from 'node:http'
createServer((request, response) => { response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: x\\n\\n') }).listen(3000)
`
  await using app = await developing({ files: { 'web/index.js': stream } })
  const reader = (await app.get('/')).body?.getReader()
  await reader?.read()
  app.child.kill('SIGTERM')
  assert.deepEqual(await app.child.ended, { code: 0, signal: null })
})

const errorsIn = (app: { child: { lines: readonly string[] } }, pattern: RegExp): string[] => app.child.lines.filter((line) => pattern.test(line))

test('an error is told with the place, the code around it and the remedy; in a browser too, until it is mended', async () => {
  const broken = 'const one = 1\nexport default {\n  fetch: () => new Response("api")\n}}\n'
  await using app = await developing({ files: { 'web/index.js': says('fine'), 'api/other.js': broken, 'api/index.js': 'import "./other.js"\nexport default {}\n' }, isReady: false })
  await app.child.line(/^ {2}api {2}does not start api\/other\.js:4:2$/)
  await app.child.line(/^ +> 4 \| \}\}$/)
  await app.child.line(/^ +waits for a change of its files$/)

  const page = await app.get('/api/some/where', { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
  assert.equal(page.status, 503)
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
  const html = await page.text()
  assert.match(html, /api does not start/)
  assert.match(html, /<h1>SyntaxError: /)
  assert.match(html, /api\/other\.js:4:2/)
  assert.match(html, /&gt; 4 \| \}\}/)
  const [, address = '', revision = ''] = /fetch\("([^"]+)".*\n.*revision !== (\d+)/.exec(html) ?? []
  const state = async (): Promise<number> => (await (await app.get(address)).json() as { revision: number }).revision
  assert.equal(await state(), Number(revision))

  const json = await (await app.get('/api')).json() as { code: string, development: { place: string } }
  assert.deepEqual([json.code, json.development.place], ['WATT_SERVICE_CRASH_LOOP', 'api/other.js:4:2'])

  await app.write('api/other.js', says('mended').replace('export default', 'globalThis.app ='))
  await app.write('api/index.js', 'import "./other.js"\nexport default globalThis.app\n')
  await app.child.line(/^ {2}api {2}ready/)
  assert.notEqual(await state(), Number(revision))
  assert.equal(await app.text('/api'), 'mended')
})

test('a crash in a request is shown to the browser that asked, and others are served', async () => {
  const crashes = `import { createServer } from 'node:http'
createServer((request, response) => {
  if (request.url === '/crash') setImmediate(() => { throw new RangeError('<b> & secret ' + process.env.API_TOKEN) })
  else response.end('fine')
}).listen(3000)
`
  await using app = await developing({ files: { 'web/index.js': crashes, 'web/.env': 'API_TOKEN=very-hidden-word\n' } })
  const page = await app.get('/crash', { headers: { accept: 'text/html' } })
  const html = await page.text()
  assert.equal(page.status, 502)
  assert.match(html, /web crashed/)
  assert.match(html, /RangeError: &lt;b&gt; &amp; secret …/)
  assert.match(html, /web\/index\.js:3:/)
  assert.doesNotMatch(html, /very-hidden-word/)
  assert.equal(await app.text('/'), 'fine')
  assert.deepEqual(errorsIn(app, /very-hidden-word/).filter((line) => !line.startsWith('{')), [])
})

test('what is not there is named with the line that wants it', async () => {
  await using app = await developing({ files: { 'web/index.js': '// first\nimport express from "expresss"\n', 'api/index.js': says('fine') }, isReady: false })
  await app.child.line(/^ {2}web {2}does not start web\/index\.js:2:/)
  await app.child.line(/^ +> 2 \| import express from "expresss"$/)
  await app.child.line(/remedy: install it/)
  assert.equal(await app.text('/api'), 'fine')
})

test('.env files give variables, the manifest and the shell win over them, and a change of one is a change of the service', async () => {
  const prints = 'export default { fetch: () => Response.json(Object.fromEntries(["A", "B", "C", "D", "E", "PORT"].map((name) => [name, process.env[name]]))) }\n'
  await using app = await developing({
    files: {
      '.env': 'A=root\nB=root\nE=root\n',
      'web/.env': 'B=web\nC=web\nD=web\nPORT=4321\n',
      'web/.env.development.local': 'C=local\n',
      'web/index.js': prints,
      'wattapp.yaml': `apiVersion: wattapp.dev/v1alpha1
kind: WattApp
metadata: { name: workshop }
spec:
  image: registry.example.com/workshop:1
  services:
    - name: web
      path: web
      env: [{ name: E, value: manifest }]
      routes: [{ pathPrefix: / }]
`
    },
    services: ['web'],
    start: { env: { D: 'shell' } }
  })
  const values = async (): Promise<unknown> => (await app.get('/')).json()
  assert.deepEqual(await values(), { A: 'root', B: 'web', C: 'local', D: 'shell', E: 'manifest', PORT: '4321' })
  await app.write('.env', 'A=changed\nB=root\n')
  await app.child.line(/^ {2}web {2}\S*\.env changed/)
  assert.deepEqual(await values(), { A: 'changed', B: 'web', C: 'local', D: 'shell', E: 'manifest', PORT: '4321' })
  const seen = app.child.lines.length
  await app.write('web/.env.local', 'F=x\nA=own\n')
  await app.child.lineAfter(seen, /^ {2}web {2}\S*web\/\.env\.local changed/)
  assert.deepEqual(await values(), { A: 'own', B: 'web', C: 'local', D: 'shell', E: 'manifest', PORT: '4321' })
})

test('a value that is nowhere stops the service that needs it alone, and .env mends it', async () => {
  const needs = `    - name: web
      path: web
      env: [{ name: DATABASE_URL, valueFrom: { secretKeyRef: { name: database, key: url } } }]
      routes: [{ pathPrefix: / }]
    - name: api
      path: api
      routes: [{ pathPrefix: /api }]
`
  const head = 'apiVersion: wattapp.dev/v1alpha1\nkind: WattApp\nmetadata: { name: workshop }\nspec:\n  image: registry.example.com/workshop:1\n  services:\n'
  await using app = await developing({ files: { 'wattapp.yaml': head + needs, 'web/index.js': 'export default { fetch: () => new Response(process.env.DATABASE_URL) }\n', 'api/index.js': says('fine') }, isReady: false })
  await app.child.line(/^ {2}web {2}does not start$/)
  await app.child.line(/the value of DATABASE_URL is in the Secret "database"/)
  await app.child.line(/^ {2}api {2}ready/)
  assert.equal(await app.text('/api'), 'fine')
  await app.write('web/.env', 'DATABASE_URL=here\n')
  await app.child.line(/ is ready; Ctrl\+C/)
  assert.equal(await app.text('/'), 'here')
})

test('the manifest is put in force as it changes, a broken one is refused, and another service starts the app again on its port', async () => {
  await using app = await developing({ files: { 'web/index.js': 'export default { fetch: (request) => new Response(process.env.WORD + " " + new URL(request.url).pathname) }\n', 'api/index.js': says('api') }, services: ['web'] })
  const manifest = (extra: string): string => `apiVersion: wattapp.dev/v1alpha1
kind: WattApp
metadata: { name: workshop }
spec:
  image: registry.example.com/workshop:1
  services:
    - name: web
      path: web
      env: [{ name: WORD, value: hello }]
      routes: [{ pathPrefix: / }, { pathPrefix: /cut, rewrite: / }]
${extra}`
  await app.write('wattapp.yaml', manifest(''))
  await app.child.line(/the manifest is in force: /)
  assert.equal(await app.text('/cut/x'), 'hello /x')

  await app.write('wattapp.yaml', manifest('    - name: [\n'))
  await app.child.line(/^\S*wattapp\.yaml:12:\d+.*YAML/i)
  await app.child.line(/^the app goes on as it was$/)
  assert.equal(await app.text('/cut/x'), 'hello /x')

  const seen = app.child.lines.length
  await app.write('wattapp.yaml', manifest('    - name: api\n      path: api\n      routes: [{ pathPrefix: /api }]\n'))
  await app.child.lineAfter(seen, /workshop starts again$/)
  await app.child.lineAfter(seen, /workshop is ready/)
  assert.equal(await app.text('/api'), 'api')
  assert.equal(await app.text('/cut/x'), 'hello /x')
  await app.write('api/index.js', says('changed'))
  await app.child.lineAfter(seen, /^ {2}api {2}.*index\.js changed/)
  assert.equal(await app.text('/api'), 'changed')
})

test('a service whose folder is not there is left out until it comes', async () => {
  await using app = await developing({ files: { 'web/index.js': says('fine') }, services: ['web', 'api'] })
  await app.child.line(/^error: service "api": there is no api/)
  assert.equal(await app.text('/'), 'fine')
  const seen = app.child.lines.length
  await app.write('api/index.js', says('came'))
  // The whole app starts again: a service may be ready before the gateway listens.
  await app.child.lineAfter(seen, / is ready; Ctrl\+C/)
  assert.equal(await app.text('/api'), 'came')
})

test('--only runs those services and what they depend on', async () => {
  await using app = await developing({ files: { 'web/index.js': says('web'), 'api/index.js': says('api') }, arguments: ['--only', 'api'] })
  assert.equal(await app.text('/api'), 'api')
  assert.equal((await app.get('/')).status, 404)
})
