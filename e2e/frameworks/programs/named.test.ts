// Well-known programs that know nothing of WattApp, listed and nothing else: what they are used for works through the gateway.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { io, type Socket } from 'socket.io-client'
import { WebSocket } from 'ws'
import { browser, noBrowser } from '../support/browser.ts'
import { runCommand } from '../support/command.ts'
import { readyOf, startProgram } from './start.ts'

test('json-server serves and changes its file', async () => {
  await using app = await startProgram('json-server')
  assert.deepEqual([readyOf(app).runtime, readyOf(app).runtimeReason], ['node', 'the start script runs json-server'])
  assert.deepEqual(await (await app.get('/json-server/posts/1')).json(), { id: 1, title: 'one' })
  const made = await app.get('/json-server/posts', { method: 'POST', body: '{"title":"two"}', headers: { 'content-type': 'application/json' } })
  assert.deepEqual([made.status, await made.json()], [201, { title: 'two', id: 2 }])
  assert.match(readFileSync(join(app.folder, 'db.json'), 'utf8'), /two/)
  assert.equal((await app.get('/json-server/posts/3')).status, 404)
})

test('http-server serves files, and lists folders', async () => {
  await using app = await startProgram('http-server')
  assert.match(await (await app.get('/http-server/')).text(), /hello from a page/)
  const part = await app.get('/http-server/inner/note.txt', { headers: { range: 'bytes=2-5' } })
  assert.deepEqual([part.status, await part.text(), part.headers.get('access-control-allow-origin')], [206, 'note', '*'])
  assert.match(await (await app.get('/http-server/inner/')).text(), /note\.txt/)
  const redirect = await app.get('/http-server/inner')
  assert.deepEqual([redirect.status, redirect.headers.get('location')], [302, '/http-server/inner/'])
  assert.equal((await app.get('/http-server/none')).status, 404)
})

test('verdaccio takes a package from npm, and gives it back', async () => {
  await using app = await startProgram('verdaccio', { routes: [{ host: '*', pathPrefix: '/' }] })
  const folder = mkdtempSync(join(tmpdir(), 'wattapp-verdaccio-'))
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'a-package-of-nobody', version: '1.2.3' }))
    writeFileSync(join(folder, 'index.js'), 'module.exports = 42')
    const options = ['--registry', app.url, `--${app.url.replace('http:', '')}/:_authToken=anyone`, '--cache', join(folder, 'cache')]
    await runCommand('npm', ['publish', ...options], { cwd: folder })
    const told = await runCommand('npm', ['view', 'a-package-of-nobody', 'dist.tarball', ...options], { cwd: folder })
    const [tarball = ''] = /http\S+\.tgz/.exec(told) ?? []
    assert.ok(tarball.startsWith(`${app.url}/`), told)
    assert.ok((await (await fetch(tarball)).arrayBuffer()).byteLength > 100)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

for (const transport of ['websocket', 'polling'] as const) {
  test(`a socket.io chat speaks by ${transport}, below a prefix`, async () => {
    await using app = await startProgram('chat')
    const [ann, bob] = [1, 2].map(() => io(app.url, { path: '/chat/socket.io', transports: [transport], forceNew: true })) as [Socket, Socket]
    try {
      await Promise.all([ann, bob].map(async (client) => { await new Promise((resolve, reject) => { client.once('connect', () => resolve(undefined)).once('connect_error', reject) }) }))
      const heard = new Promise((resolve) => { bob.once('chat message', resolve) })
      ann.emit('chat message', 'hello, Bob')
      assert.equal(await heard, 'hello, Bob')
    } finally {
      ann.close()
      bob.close()
    }
  })
}

test('two people chat in their browsers', { skip: noBrowser }, async () => {
  await using app = await startProgram('chat', { routes: [{ host: '*', pathPrefix: '/' }] })
  await using chromium = await browser()
  const [ann, bob] = [await chromium.newPage(), await chromium.newPage()]
  await ann.goto(app.url)
  await bob.goto(app.url)
  await bob.waitForFunction('socket.connected')
  await ann.fill('#input', 'hello, Bob')
  await ann.click('button')
  await bob.waitForFunction('document.querySelector("#messages").textContent === "hello, Bob"')
})

test('PeerServer brings two peers together', async () => {
  await using app = await startProgram('peer', { routes: [{ host: '*', pathPrefix: '/peer' }] })
  const id = await (await app.get('/peer/peerjs/id')).text()
  assert.match(id, /^[\da-f-]{36}$/)
  const [ann, bob] = ['ann', 'bob'].map((name) => new WebSocket(`${app.url.replace('http', 'ws')}/peer/peerjs?key=peerjs&id=${name}&token=t`)) as [WebSocket, WebSocket]
  const opened = await Promise.all([ann, bob].map(message))
  assert.deepEqual(opened, [{ type: 'OPEN' }, { type: 'OPEN' }])
  const offered = message(bob)
  ann.send(JSON.stringify({ type: 'OFFER', dst: 'bob', payload: { sdp: 'x' } }))
  assert.deepEqual(await offered, { type: 'OFFER', src: 'ann', dst: 'bob', payload: { sdp: 'x' } })
  ann.close()
  bob.close()
})

test('Node-RED runs a flow, takes another, and speaks to its editor', async () => {
  await using app = await startProgram('node-red', { routes: [{ host: '*', pathPrefix: '/' }] })
  await app.until(() => app.log().includes('Started flows'))
  assert.equal(await (await app.get('/hello')).text(), 'hello from a flow')
  assert.match(await (await app.get('/')).text(), /<title>Node-RED<\/title>/)
  const editor = new WebSocket(`${app.url.replace('http', 'ws')}/comms`)
  await once(editor, 'open')
  const flows = JSON.stringify(await (await app.get('/flows')).json()).replace('hello from a flow', 'hello from another')
  const changed = await app.get('/flows', { method: 'POST', body: flows, headers: { 'content-type': 'application/json' } })
  assert.equal(changed.status, 204)
  // It answers before it has begun anew.
  await app.until(() => app.log().split('Started flows').length > 2)
  assert.equal(await (await app.get('/hello')).text(), 'hello from another')
  editor.close()
})

async function message (socket: WebSocket): Promise<unknown> {
  const [text] = await once(socket, 'message') as [Buffer]
  return JSON.parse(text.toString())
}
