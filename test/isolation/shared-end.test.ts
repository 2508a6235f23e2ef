// Services that share a thread share its end: whose code brought it about is told, and when all leave each has its time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { appFolder } from '../runtimes/service-thread.ts'
import { SharedThread } from './shared-thread.ts'

const serves = (more = ''): string => `const http = require('node:http')
${more}
http.createServer((request, response) => response.end('fine')).listen(process.env.PORT)`

const calls = `require('node:http').createServer((request, response) => {
  fetch('http://b.internal' + request.url).then(() => response.end(), () => response.destroy())
}).listen(process.env.PORT)`

interface Row { a?: string, b: string, asks?: string, code: number, throws?: string }

const ends: Record<string, Row> = {
  'an error thrown by a handler that a neighbour called': {
    a: calls,
    b: "require('node:http').createServer(() => { throw new Error('by b') }).listen(process.env.PORT)",
    asks: 'a',
    code: 1,
    throws: 'by b'
  },
  'an error thrown by a timer': { b: serves("setTimeout(() => { throw new Error('a timer of b') }, 200)"), code: 1, throws: 'a timer of b' },
  'a rejection that nobody handles': { b: serves("setTimeout(() => { Promise.reject(new Error('rejected by b')) }, 200)"), code: 1, throws: 'rejected by b' },
  'process.exit()': { a: calls, b: "require('node:http').createServer(() => process.exit(7)).listen(process.env.PORT)", asks: 'a', code: 7 }
}

for (const [name, { a = serves(), b, asks, code, throws }] of Object.entries(ends)) {
  test(`${name} ends the thread, and names its service`, async () => {
    using app = appFolder({ 'a/index.js': a, 'b/index.js': b, 'c/index.js': serves() })
    await using thread = new SharedThread({ root: app.root, services: ['a', 'b', 'c'].map((service) => ({ name: service, path: service })) })
    await thread.ready()
    if (asks !== undefined) thread.ask(asks, '/', { method: 'POST' }).catch(() => {})
    assert.equal(await thread.exited, code)
    assert.deepEqual(thread.messages.filter(({ type }) => type === 'ended'), [{ type: 'ended', service: 'b' }])
    assert.equal(thread.error instanceof Error ? thread.error.message : undefined, throws)
  })
}

const failures: Record<string, { b: string, service: string, code: string }> = {
  'throws while it is loaded': { b: "throw new Error('no')", service: 'b', code: 'WATT_RUNTIME_LOAD_FAILED' },
  'exits while it is loaded': { b: 'process.exit(0)', service: 'b', code: 'WATT_RUNTIME_ENDED' },
  'is not there': { b: '', service: 'missing', code: 'WATT_RUNTIME_NOT_FOUND' },
  'throws later, before it is ready': { b: "setImmediate(() => { throw new Error('no') }); exports.create = () => new Promise(() => {})", service: 'b', code: 'WATT_RUNTIME_LOAD_FAILED' }
}

for (const [name, { b, service, code }] of Object.entries(failures)) {
  test(`a service that ${name} fails the thread, and is named`, async () => {
    using app = appFolder({ 'a/index.js': serves(), 'b/index.js': b, 'missing/.keep': '' })
    await using thread = new SharedThread({ root: app.root, services: [{ name: 'a', path: 'a' }, { name: service, path: service }] })
    const failed = await thread.heard('failed')
    assert.deepEqual([failed.service, failed.error.code], [service, code])
    assert.equal(await thread.exited, 1)
    assert.deepEqual(thread.messages.filter(({ type }) => type === 'ended' || type === 'failed').length, 1)
  })
}

test('one that dies while the next is loaded is named, not the next', async () => {
  using app = appFolder({
    'a/index.js': serves("const own = setInterval(() => { if (globalThis.isTime) { clearInterval(own); throw new Error('by a') } }, 5)"),
    'b/index.js': 'globalThis.isTime = true\nexports.create = () => new Promise(() => {})'
  })
  await using thread = new SharedThread({ root: app.root, services: [{ name: 'a', path: 'a' }, { name: 'b', path: 'b' }] })
  assert.equal(await thread.exited, 1)
  assert.deepEqual(thread.messages.filter(({ type }) => type === 'ended' || type === 'failed'), [{ type: 'ended', service: 'a' }])
})

interface Leave { files: Record<string, string>, says: string[] }

const leaves: Record<string, Leave> = {
  'that only serve': { files: { 'a/index.js': serves(), 'b/index.js': serves() }, says: [] },
  'of which each has a handler of SIGTERM': {
    files: {
      'a/index.js': serves("process.on('SIGTERM', () => { console.log('a ends'); process.exit(0) })"),
      'b/index.js': serves("process.once('SIGTERM', async () => { await new Promise((resolve) => setTimeout(resolve, 100)); console.log('b ends'); process.exit(0) })")
    },
    says: ['a ends', 'b ends']
  },
  'of which one exits and leaves a timer behind, the other has a callback to wait for': {
    files: {
      'a/index.js': serves("setInterval(() => {}, 1000)\nprocess.on('SIGTERM', () => process.exit(0))"),
      'b/index.js': serves("process.on('SIGTERM', () => { setTimeout(() => console.log('b ends'), 100) })")
    },
    says: ['b ends']
  },
  'of which one is made to listen and has a hook of its own': {
    files: {
      'a/index.js': "const server = require('node:http').createServer((request, response) => response.end())\nserver.on('close', () => console.log('a is closed'))\nmodule.exports = server",
      'b/index.js': serves()
    },
    says: ['a is closed']
  }
}

for (const [name, { files, says }] of Object.entries(leaves)) {
  test(`services ${name} leave together`, async () => {
    using app = appFolder(files)
    await using thread = new SharedThread({ root: app.root, services: [{ name: 'a', path: 'a' }, { name: 'b', path: 'b' }] })
    await thread.ready()
    assert.equal((await thread.ask('a')).status, 200)
    thread.drain()
    assert.equal(await thread.exited, 0)
    for (const line of says) assert.equal(await thread.writer(line), line[0])
    assert.equal(thread.messages.at(-1)?.type, 'drained')
  })
}

test('what is under way in one may call the other until all are done', async () => {
  using app = appFolder({
    'a/index.js': `const http = require('node:http')
http.createServer((request, response) => {
  console.log('a is asked')
  setTimeout(() => fetch('http://b.internal/').then((answer) => answer.text()).then((text) => response.end('a and ' + text)), 300)
}).listen(process.env.PORT)`,
    'b/index.js': serves()
  })
  await using thread = new SharedThread({ root: app.root, services: [{ name: 'a', path: 'a' }, { name: 'b', path: 'b' }] })
  await thread.ready()
  const answer = thread.ask('a')
  await thread.writer('a is asked')
  thread.drain()
  assert.equal((await answer).body, 'a and fine')
  assert.equal(await thread.exited, 0)
})
