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
  await app.child.line(/^ {2}api {2}.*; waits for a change$/)
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
