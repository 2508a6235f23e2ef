// Nitro's preset for Node.js: what its own build writes is found without a start script, and runs.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { startApp } from '../support/app.ts'
import { copyOf } from '../support/build.ts'
import { runCommand } from '../support/command.ts'

const fixtures = join(import.meta.dirname, 'fixtures')

test('a built Nitro server answers, serves its files, calls another service and takes WebSockets', async () => {
  const folder = await copyOf(join(fixtures, 'nitro'), 'built', ['.output', '.nitro'])
  await runCommand(process.execPath, ['node_modules/.bin/nitro', 'build'], { cwd: folder })
  await using app = await startApp({ root: fixtures, services: { nitro: { path: relative(fixtures, folder), prefix: '/' }, peer: {} } })
  const ready = app.events.find((event) => event.type === 'workerReady' && event.service === 'nitro')
  assert.ok(ready?.type === 'workerReady')
  assert.deepEqual([ready.runtime, ready.runtimeReason], ['node', 'there is .output/server/index.mjs'])
  assert.equal(await (await app.get('/')).text(), 'hello from nitro')
  assert.equal(await (await app.get('/note.txt')).text(), 'a file\n')
  assert.equal(await (await app.get('/peer')).text(), 'hello from a peer')
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/socket`)
  await once(socket, 'open')
  socket.send('a word')
  const [heard] = await once(socket, 'message') as [Buffer]
  assert.equal(heard.toString(), 'heard a word')
  socket.close()
})
