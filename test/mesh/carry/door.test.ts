// A socket between two processes is a line like a MessagePort: these rows say what the mesh relies on.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import { Door } from '../../../src/mesh/carry/door.ts'
import { SocketLine } from '../../../src/mesh/carry/socket-line.ts'
import type { Batch } from '../../../src/mesh/frame.ts'
import type { Line } from '../../../src/mesh/peer.ts'
import { untilEnded } from '../../isolation/support.ts'

async function open (t: TestContext): Promise<Door> {
  const door = await Door.listen()
  assert.ok(door !== undefined)
  t.after(() => door.close())
  return door
}

/** Both ends, and what they close with. */
async function joined (t: TestContext): Promise<{ near: Line, far: Line }> {
  const door = await open(t)
  const met = new Promise<Line>((resolve) => door.serve(resolve))
  const near = SocketLine.to(door.meeting)
  const far = await met
  t.after(() => {
    near.close()
    far.close()
  })
  return { near, far }
}

function next (line: Line): Promise<Batch> {
  return new Promise((resolve) => line.on('message', resolve))
}

function closed (line: Line): Promise<void> {
  return new Promise((resolve) => line.on('close', resolve))
}

test('frames pass both ways, small and large', async (t) => {
  const { near, far } = await joined(t)
  const large = new Uint8Array(3_000_000).fill(7)
  near.postMessage([3, 1, 'GET', large, ['host', 'web.internal']])
  assert.deepEqual(await next(far), [3, 1, 'GET', large, ['host', 'web.internal']])
  far.postMessage([9, 1, 200, 'OK'])
  assert.deepEqual(await next(near), [9, 1, 200, 'OK'])
})

test('what was posted before anybody listened is heard, in order', async (t) => {
  const door = await open(t)
  const near = SocketLine.to(door.meeting)
  near.postMessage([1])
  near.postMessage([2])
  const far = await new Promise<Line>((resolve) => door.serve(resolve))
  const heard: Batch[] = []
  await new Promise<void>((resolve) => far.on('message', (batch) => { if (heard.push(batch) === 2) resolve() }))
  assert.deepEqual(heard, [[1], [2]])
  near.close()
})

test('who does not say the secret is sent away', async (t) => {
  const door = await open(t)
  const met: Line[] = []
  door.serve((line) => met.push(line))
  const liar = SocketLine.to({ ...door.meeting, secret: 'a guess' })
  liar.on('message', () => {})
  await closed(liar)
  const stranger = connect({ path: door.meeting.path }).on('error', () => {}).resume()
  stranger.write('GET / HTTP/1.1\r\nhost: web.internal\r\n\r\n')
  await once(stranger, 'close')
  assert.deepEqual(met, [])
})

test('a secret is good for one visit', async (t) => {
  const door = await open(t)
  const { line, meeting } = door.expect()
  line.postMessage(['written before it came'])
  const first = SocketLine.to(meeting)
  assert.deepEqual(await next(first), ['written before it came'])
  first.postMessage(['hello'])
  assert.deepEqual(await next(line), ['hello'])
  const second = SocketLine.to(meeting)
  second.on('message', () => {})
  await closed(second)
  first.close()
})

test('one that is no longer expected finds nobody', async (t) => {
  const door = await open(t)
  const { line, meeting } = door.expect()
  line.close()
  const late = SocketLine.to(meeting)
  late.on('message', () => {})
  await closed(late)
})

test('what was posted before a line closed is heard before its close', async (t) => {
  const { near, far } = await joined(t)
  const heard: Batch[] = []
  far.on('message', (batch) => heard.push(batch))
  const gone = closed(far)
  near.postMessage([1])
  near.postMessage([2, new Uint8Array(1_000_000)])
  near.close()
  await gone
  assert.deepEqual(heard.map(([kind]) => kind), [1, 2])
})

test('where nobody listens, a line closes', async () => {
  const line = SocketLine.to({ path: '\0wattapp-nobody', secret: '' })
  line.postMessage([1])
  await closed(line)
})

test('the rest of what an ended process had said is read at once', async (t) => {
  const { near, far } = await joined(t)
  far.on('message', () => assert.fail('it was not asked to wait'))
  near.postMessage([1])
  near.postMessage([2, new Uint8Array(100_000)])
  assert.deepEqual(far.rest?.().map(([kind]) => kind), [1, 2])
})

test('what an ended process had said is heard, though the next words to it cannot be written any more', async (t) => {
  const door = await open(t)
  const met = new Promise<Line>((resolve) => door.serve(resolve))
  const program = `
    const { SocketLine } = await import(${JSON.stringify(import.meta.resolve('../../../src/mesh/carry/socket-line.ts'))})
    const line = SocketLine.to(${JSON.stringify(door.meeting)})
    line.on('message', () => {})
    line.postMessage(['hello'])
    process.stdin.once('data', () => {
      line.postMessage(['last words'])
      process.exit()
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'ignore', 'inherit'] })
  const line = await met
  assert.deepEqual(await next(line), ['hello'])
  const gone = closed(line)
  const last = next(line)
  child.stdin.write('end')
  untilEnded(child.pid ?? 0)
  line.postMessage(['to nobody'])
  assert.deepEqual(await last, ['last words'])
  await gone
})

test('what comes of one batch is done before the next is told, though both came at once', async (t) => {
  const { near, far } = await joined(t)
  const done: string[] = []
  near.postMessage([1])
  near.postMessage([2])
  await new Promise<void>((resolve) => far.on('message', ([kind]) => {
    done.push(`heard ${String(kind)}`)
    process.nextTick(() => Promise.resolve().then(() => done.push(`done ${String(kind)}`)))
    if (kind === 2) resolve()
  }))
  assert.deepEqual(done, ['heard 1', 'done 1', 'heard 2'])
})
