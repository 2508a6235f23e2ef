// `--inspect`: a real debugger, by the Chrome DevTools Protocol, in the thread or process of the service that it names.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { WebSocket } from 'ws'
import { attach, targetsOf, type Debugger } from './debugger.ts'
import { developing, type DevApp } from './dev-support.ts'
import { running, wattapp } from './support.ts'

const says = (text: string): string => `export default { fetch: () => new Response(${JSON.stringify(text)}) }\n`
const counts = `let count = 0
export default {
  fetch () {
    count++
    return new Response('count ' + count)
  }
}
`
const manifest = (isolation: string): string => `apiVersion: wattapp.dev/v1alpha1
kind: WattApp
metadata: { name: workshop }
spec:
  image: registry.example.com/workshop:1
  services:
    - name: web
      path: web
      routes: [{ pathPrefix: / }]
    - name: api
      path: api
      isolation: ${isolation}
      routes: [{ pathPrefix: /api }]
`

async function addressOf ({ child }: Pick<DevApp, 'child'>): Promise<string> {
  const [, address = ''] = await child.line(/debuggers attach to (\S+) /)
  return address
}

/** Stopped at line 5 of api/index.js by a request that waits for it: the answer, and where it stands. */
async function stopped (api: Debugger, app: DevApp): Promise<{ answer: Promise<string>, frame: string }> {
  await api.ask('Runtime.enable')
  await api.ask('Debugger.enable')
  const { locations } = await api.ask('Debugger.setBreakpointByUrl', { lineNumber: 4, urlRegex: 'api/index\\.js$' })
  assert.equal((locations as object[]).length, 1, 'the service\'s source is in that thread')
  const answer = app.text('/api')
  // If the debugger hears nothing, that is what the test shall say.
  answer.catch(() => {})
  const { callFrames } = await api.event('Debugger.paused') as { callFrames: Array<{ callFrameId: string, functionName: string, location: { lineNumber: number } }> }
  const [top] = callFrames
  assert.deepEqual([top?.functionName, top?.location.lineNumber], ['fetch', 4])
  return { answer, frame: top?.callFrameId ?? '' }
}

for (const isolation of ['thread', 'process']) {
  suite(`isolation: ${isolation}`, () => {
    const begin = (...more: string[]): Promise<DevApp> => developing({
      files: { 'wattapp.yaml': manifest(isolation), 'web/index.js': says('web'), 'api/index.js': counts },
      arguments: ['--inspect=0', ...more],
      isReady: more.length === 0
    })

    test('a breakpoint stops the service that is named, and no other; its request waits, and is answered', async () => {
      await using app = await begin()
      const address = await addressOf(app)
      const targets = await targetsOf(address)
      assert.deepEqual(targets.map(({ title, type }) => [title, type]), [['web', 'node'], ['api', 'node']])
      await using api = await attach(targets[1]?.webSocketDebuggerUrl ?? '')
      const { answer, frame } = await stopped(api, app)
      assert.equal(await app.text('/'), 'web', 'others go on')
      const { result } = await api.ask('Debugger.evaluateOnCallFrame', { callFrameId: frame, expression: 'count += 41' })
      assert.deepEqual(result, { type: 'number', value: 42, description: '42' })
      await api.ask('Debugger.resume')
      assert.equal(await answer, 'count 42')
      assert.deepEqual(app.child.lines.filter((line) => /blocked|ended/.test(line)), [])
    })

    test('a debugger that goes lets the service go on', async () => {
      await using app = await begin()
      const api = await attach(`ws://${await addressOf(app)}/api`)
      const { answer } = await stopped(api, app)
      await api[Symbol.asyncDispose]()
      assert.equal(await answer, 'count 1')
      assert.equal(await app.text('/api'), 'count 2')
    })

    test('a change of a file is in force though the service stands, and the next debugger finds the new worker', async () => {
      await using app = await begin()
      const address = await addressOf(app)
      await using before = await attach(`ws://${address}/api`)
      const { answer } = await stopped(before, app)
      await app.write('api/index.js', counts.replace('\'count \'', '\'new count \''))
      await app.child.line(/api\/index\.js changed: starts again/)
      assert.match(await app.text('/api'), /^new count/)
      await before.closed
      assert.match(await answer, /^new count/, 'what waited is sent once more')
      assert.deepEqual((await targetsOf(address)).map(({ title }) => title).sort(), ['api', 'web'])
      await using after = await attach(`ws://${address}/api`)
      const { answer: again } = await stopped(after, app)
      await after.ask('Debugger.resume')
      assert.equal(await again, 'new count 3')
    })

    test('--inspect-brk: the service stands before its first line until a debugger comes, and its requests wait', async () => {
      await using app = await begin('--inspect-brk', 'api')
      const [, url = ''] = await app.child.line(/^ {2}api {2}waits for a debugger at (ws:\S+)$/)
      const answer = app.text('/api')
      answer.catch(() => {})
      assert.equal(await app.text('/'), 'web')
      await using api = await attach(url)
      await api.ask('Debugger.enable')
      await api.ask('Runtime.runIfWaitingForDebugger')
      const { callFrames: [top] } = await api.event('Debugger.paused') as { callFrames: Array<{ callFrameId: string, location: { scriptId: string, lineNumber: number } }> }
      assert.equal(top?.location.lineNumber, 0)
      assert.equal((await api.ask('Debugger.getScriptSource', { scriptId: top.location.scriptId }))['scriptSource'], counts)
      await assert.rejects(api.ask('Debugger.evaluateOnCallFrame', { callFrameId: top.callFrameId, expression: 'count', throwOnSideEffect: true }).then(({ exceptionDetails }) => { if (exceptionDetails !== undefined) throw new Error('not yet') }), /not yet/)
      await api.ask('Debugger.resume')
      assert.equal(await answer, 'count 1')
      await app.child.line(/ is ready; Ctrl\+C/)
    })

    test('a signal ends it, though a service stands', async () => {
      await using app = await begin()
      const api = await attach(`ws://${await addressOf(app)}/api`)
      await stopped(api, app)
      app.child.kill('SIGTERM')
      assert.deepEqual(await app.child.ended, { code: 0, signal: null })
    })

    test('a signal ends it, though a service waits for a debugger', async () => {
      await using app = await begin('--inspect-brk', 'api')
      await app.child.line(/waits for a debugger/)
      app.child.kill('SIGTERM')
      assert.deepEqual(await app.child.ended, { code: 0, signal: null })
    })
  })
}

test('what stands is not taken for blocked, in `wattapp run` either', async () => {
  await using app = await developing({ files: { 'web/index.js': says('web') } })
  await app.write('wattapp.yaml', `${manifest('thread')}      health: { blockedTimeout: 2s, path: /, interval: 1s, timeout: 1s, failureThreshold: 2 }\n`)
  await app.write('api/index.js', counts)
  await using child = running(['run', join(app.folder, 'wattapp.yaml'), '--port', '0', '--admin-port', '0', '--inspect', '0'])
  const [, url = ''] = await child.line(/ is on (http:\S+)$/)
  await child.line(/ is ready; Ctrl\+C/)
  const [, address = ''] = await child.line(/debuggers attach to (\S+) /)
  await using api = await attach(`ws://${address}/api`)
  const { answer } = await stopped(api, { ...app, text: async (path) => (await fetch(url + path)).text() })
  // Longer than a service may be blocked, or fail its health checks, by its manifest.
  await new Promise((resolve) => { setTimeout(resolve, 5_000) })
  await api.ask('Debugger.resume')
  assert.equal(await answer, 'count 1')
  assert.deepEqual(child.lines.filter((line) => /blocked|lost a worker|replaces a worker/.test(line)), [])
})

test('two debuggers of one service know nothing of each other', async () => {
  await using app = await developing({ files: { 'wattapp.yaml': manifest('thread'), 'web/index.js': says('web'), 'api/index.js': counts }, arguments: ['--inspect=0'] })
  const address = await addressOf(app)
  const first = await attach(`ws://${address}/api`)
  await using second = await attach(`ws://${address}/api`)
  await first.ask('Runtime.enable')
  const { answer } = await stopped(second, app)
  await first[Symbol.asyncDispose]()
  assert.equal(((await second.ask('Runtime.evaluate', { expression: '6 * 7' })).result as { value: number }).value, 42)
  await second.ask('Debugger.resume')
  assert.equal(await answer, 'count 1')
})

test('pages of the web reach no debugger, by their origin or by a name of theirs', async () => {
  await using app = await developing({ files: { 'web/index.js': says('web') }, arguments: ['--inspect=0'] })
  const address = await addressOf(app)
  const refusals: Array<[string, string, object]> = [
    ['a page', `ws://${address}/web`, { origin: 'https://evil.example' }],
    ['a page without a name', `ws://${address}/web`, { origin: 'null' }],
    ['a name that leads here', `ws://${address}/web`, { headers: { host: 'evil.example' } }],
    ['what is no target', `ws://${address}/other`, {}]
  ]
  for (const [who, url, options] of refusals) {
    const [error] = await once(new WebSocket(url, options), 'error') as [Error]
    assert.match(error.message, /Unexpected server response: (403|404)/, who)
  }
  const devtools = new WebSocket(`ws://${address}/web`, { origin: 'devtools://devtools' })
  await once(devtools, 'open')
  devtools.terminate()
})

test('what cannot be inspected is said, with a remedy', async () => {
  await using app = await developing({ files: { 'web/index.js': says('web') }, arguments: ['--inspect=0'] })
  const file = join(app.folder, 'wattapp.yaml')
  const port = (await addressOf(app)).split(':').at(-1) ?? ''
  const taken = await wattapp(['dev', file, '--port', '0', '--admin-port', '0', `--inspect=${port}`])
  assert.equal(taken.code, 1)
  assert.match(taken.stderr, new RegExp(`the inspector cannot listen on 127\\.0\\.0\\.1:${port}: the port is in use \\(WATT_PORT_IN_USE\\)\\n.*choose another port`))
  const stranger = await wattapp(['dev', file, '--port', '0', '--inspect-brk', 'stranger'])
  assert.equal(stranger.code, 1)
  assert.match(stranger.stderr, /no service "stranger"|"stranger"/)
  const wrong = await wattapp(['dev', '--inspect', file])
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /the manifest comes before it, or write --inspect=9229/)
  assert.ok(readFileSync(file, 'utf8').includes('web'))
})
