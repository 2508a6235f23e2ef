// `wattapp dev` with input that is wrong: each says what, where and what to do, leaves the other services alone, and goes on once it is mended.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { developing } from './dev-support.ts'
import { running, temporaryFolder } from './support.ts'

const says = (text: string): string => `export default { fetch: () => new Response(${JSON.stringify(text)}) }\n`

interface Row {
  /** Of the service "api", by their paths in its folder. */
  files: Record<string, string>
  /** Lines in this order; the next one may be any later one. */
  tells: RegExp[]
  mend: Record<string, string>
}

const rows: Record<string, Row> = {
  'a dependency that is not installed': {
    files: { 'index.js': 'import { a } from "./other.js"\nexport default a\n', 'other.js': '// first\nimport ghost from "ghost-package"\nexport const a = ghost\n' },
    tells: [/^ {2}api {2}does not start api\/other\.js:2:/, /Cannot find package 'ghost-package'/, /^ +> 2 \| import ghost from "ghost-package"$/, /remedy: install it/, /waits for a change of its files$/],
    mend: { 'index.js': says('mended') }
  },
  'a syntax error in TypeScript': {
    files: { 'index.ts': 'interface A { b: string }\nexport const c: A = { b: 1 1 }\n' },
    tells: [/^ {2}api {2}does not start api\/index\.ts:2:/, /^ +> 2 \| export const c/, /waits for a change/],
    mend: { 'index.ts': 'interface A { b: string }\nconst c: A = { b: "mended" }\nexport default { fetch: () => new Response(c.b) }\n' }
  },
  'a framework that is unknown here': {
    files: { 'package.json': '{ "scripts": { "start": "ng serve" }, "dependencies": { "@angular/core": "20" } }' },
    tells: [/^ {2}api {2}does not start$/, /^ +service "api": nothing to run in "api" \(tried the start script's program ng, /, /remedy: name the file in the service's `entry`/, /^note: api: Angular has no runtime of its own here/],
    mend: { 'package.json': '{ "type": "module", "scripts": { "start": "node server.js" }, "dependencies": { "@angular/core": "20" } }', 'server.js': says('mended') }
  },
  'two frameworks in one folder, of which the first is not installed': {
    files: { 'package.json': '{ "dependencies": { "next": "16", "vite": "8" } }', 'next.config.mjs': 'export default {}', 'index.html': '' },
    tells: [/^ {2}api {2}does not start$/, /Cannot find module 'next\/package\.json'/, /remedy: install it in the service's folder/, /^note: api: it also looks like vite, as package\.json depends on vite, and there is index\.html; next is taken\. Should vite be meant, write `runtime: vite`$/],
    mend: { 'package.json': '{ "type": "module", "main": "index.js" }', 'index.js': says('mended') }
  },
  'no package.json, nor anything else': {
    files: { 'notes.txt': 'to do' },
    tells: [/^ {2}api {2}does not start$/, /^ +service "api": nothing to run in "api" \(tried index\.js, /, /remedy: name the file/],
    mend: { 'index.mjs': says('mended') }
  },
  'a package.json that is no JSON': {
    files: { 'package.json': '{ "type": "module", }', 'index.js': says('api') },
    tells: [/^ {2}api {2}does not start$/, /^ +service "api": api\/package\.json is no valid package\.json: .*JSON at position/, /remedy: correct the JSON/],
    mend: { 'package.json': '{ "type": "module" }', 'index.js': says('mended') }
  },
  'an entry that is not built': {
    files: { 'package.json': '{ "type": "module", "main": "dist/main.js" }', 'src/main.ts': says('src') },
    tells: [/^ {2}api {2}does not start$/, /^ +service "api": .*dist\/main\.js/, /remedy: /],
    mend: { 'dist/main.js': says('mended') }
  },
  'a module that ends without having served anything': {
    files: { 'index.js': 'console.log("hello")\n' },
    tells: [/^ {2}api {2}does not start/, /api\/index\.js (?:ended without|exports)/, /remedy: /],
    mend: { 'index.js': says('mended') }
  },
  'a value that is thrown while it loads': {
    files: { 'index.js': 'const settings = undefined\nexport default settings.app\n' },
    tells: [/^ {2}api {2}does not start api\/index\.js:2:/, /TypeError: Cannot read properties of undefined/, /^ +> 2 \| export default settings\.app$/],
    mend: { 'index.js': says('mended') }
  }
}

for (const [name, { files, tells, mend }] of Object.entries(rows)) {
  test(name, async () => {
    await using app = await developing({
      services: ['web', 'api'],
      files: { 'web/index.js': says('fine'), ...Object.fromEntries(Object.entries(files).map(([file, text]) => [`api/${file}`, text])) },
      isReady: false
    })
    let seen = 0
    for (const pattern of tells) {
      await app.child.lineAfter(seen, pattern)
      seen = app.child.lines.findIndex((line, index) => index >= seen && pattern.test(line)) + 1
    }
    assert.deepEqual(app.child.lines.filter((line) => /WattError|^ +at .*\/src\/(runtimes|base)\//.test(line) && !line.startsWith('{')), [], 'nothing of WattApp\'s own code')
    assert.equal(await app.text('/'), 'fine')
    const away = await app.get('/api')
    assert.deepEqual([away.status, (await away.json() as { code: string }).code], [503, 'WATT_SERVICE_CRASH_LOOP'])
    for (const [file, text] of Object.entries(mend)) await app.write(`api/${file}`, text)
    await app.child.lineAfter(seen, /^ {2}api {2}ready/)
    assert.equal(await app.text('/api'), 'mended')
  })
}

test('two services that listen on one port are two services all the same', async () => {
  const listens = (name: string): string => `import { createServer } from 'node:http'\ncreateServer((request, response) => response.end('${name}')).listen(8080)\n`
  await using app = await developing({ files: { 'web/index.js': listens('web'), 'api/index.js': listens('api') } })
  assert.deepEqual([await app.text('/'), await app.text('/api')], ['web', 'api'])
  await app.write('api/index.js', listens('api again'))
  await app.child.line(/api\/index\.js changed/)
  assert.deepEqual([await app.text('/'), await app.text('/api')], ['web', 'api again'])
})

for (const isolation of ['thread', 'process']) {
  test(`a service that wants a port that another has, in a ${isolation}, gets one, and it is said which`, async (context) => {
    const server = (name: string): string => `import { createServer } from 'node:http'
createServer((request, response) => response.end('${name}')).listen(process.env.PORT)
createServer((request, response) => response.end('metrics of ${name}')).listen(Number(process.env.METRICS_PORT))
`
    const other = createServer().listen({ host: '127.0.0.1', port: 0 })
    await once(other, 'listening')
    context.after(() => other.close())
    const { port } = other.address() as AddressInfo
    const manifest = `apiVersion: wattapp.dev/v1alpha1
kind: WattApp
metadata: { name: workshop }
spec:
  image: registry.example.com/workshop:1
  services:
    - { name: web, path: web, routes: [{ pathPrefix: / }] }
    - name: api
      path: api
      isolation: ${isolation}
      env: [{ name: METRICS_PORT, value: "${port}" }]
      routes: [{ pathPrefix: /api }]
`
    await using app = await developing({ files: { 'wattapp.yaml': manifest, 'web/index.js': says('fine'), 'api/index.js': server('api') } })
    const [, given = ''] = await app.child.line(new RegExp(`^ {2}api {2}ready .*also listens on 127\\.0\\.0\\.1:(\\d+) instead of ${port}, which is in use$`))
    assert.equal(await (await fetch(`http://127.0.0.1:${given}/`)).text(), 'metrics of api')
    assert.deepEqual([await app.text('/'), await app.text('/api')], ['fine', 'api'])
  })
}

test('a runtime that there is not is told with its place in the manifest, at the start and while the app runs', async () => {
  const manifest = (runtime: string): string => `apiVersion: wattapp.dev/v1alpha1
kind: WattApp
metadata: { name: workshop }
spec:
  image: registry.example.com/workshop:1
  services:
    - name: web
      path: web
      runtime: ${runtime}
      routes: [{ pathPrefix: / }]
`
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'wattapp.yaml'), manifest('angular'))
  await using child = running(['dev', join(folder.path, 'wattapp.yaml'), '--port', '0'])
  await child.line(/wattapp\.yaml:9:16.*spec\.services\[0\]\.runtime.*angular/)
  assert.equal((await child.ended).code, 1)

  await using app = await developing({ files: { 'web/index.js': says('fine') } })
  await app.write('wattapp.yaml', manifest('angular'))
  await app.child.line(/wattapp\.yaml:9:16.*spec\.services\[0\]\.runtime.*angular/)
  await app.child.line(/^the app goes on as it was$/)
  assert.equal(await app.text('/'), 'fine')
  await app.write('wattapp.yaml', manifest('node'))
  await app.child.line(/the manifest is in force|starts again$/)
  assert.equal(await app.text('/'), 'fine')
})
