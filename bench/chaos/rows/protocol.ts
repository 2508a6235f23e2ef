// Clients and services that do not keep to HTTP.
import { setTimeout as wait } from 'node:timers/promises'
import type { Socket } from 'node:net'
import { check, type Chaos, type Check, type Fault } from '../fault.ts'
import { holds, service, startPod, type Pod } from '../pod.ts'
import { exchange, openSocket } from '../raw.ts'
import { failuresText, figures, loadBoth, told } from './load.ts'

const pair = [service('victim'), service('bystander')]
const answers = (text: string): string[] => text.match(/HTTP\/1\.1 \d{3}/g) ?? []

/** Requests that a proxy and a service might read differently (RFC 9112 §6.3, §5.2, §2.2): each refused, by 501 where a coding is not known (§6.1). */
const smuggled: ReadonlyArray<readonly [what: string, bytes: string, status?: number]> = [
  ['Content-Length and Transfer-Encoding', 'POST /victim/ HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /victim/state HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['two Content-Lengths', 'POST /victim/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\nGET /victim/state HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['an unknown coding before chunked', 'POST /victim/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x, chunked\r\n\r\n0\r\n\r\n', 501],
  ['a folded field', 'GET /victim/ HTTP/1.1\r\nHost: a\r\nX-A: b\r\n Transfer-Encoding: chunked\r\n\r\n'],
  ['a bare LF in the head', 'GET /victim/ HTTP/1.1\r\nHost: a\nX-B: c\r\n\r\n'],
  ['a space before the colon', 'POST /victim/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
  ['a bad chunk size', 'POST /victim/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n'],
  ['a chunk longer than it says', 'POST /victim/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n']
]

async function parse (pod: Pod): Promise<Check[]> {
  const checks: Check[] = []
  for (const [what, bytes, status = 400] of smuggled) {
    const { text } = await exchange(pod.url, bytes)
    const [first = 'nothing', ...more] = answers(text)
    checks.push(check(`${what}: one answer, ${status}`, first.endsWith(` ${status}`) && more.length === 0, [first, ...more].join(', ')))
  }
  return checks
}

async function idleConnections (pod: Pod, count: number): Promise<Check> {
  const sockets: Socket[] = []
  const beforeMiB = pod.residentMiB()
  try {
    while (sockets.length < count) {
      const more = await Promise.all(Array.from({ length: Math.min(250, count - sockets.length) }, () => openSocket(pod.url)))
      for (const socket of more) socket.resume().write('GET /bystander/ HTTP/1.1\r\nHost: a\r\n\r\n')
      sockets.push(...more)
    }
    await wait(1_000)
    const answer = await pod.get('/bystander/', 2_000)
    const grownMiB = pod.residentMiB() - beforeMiB
    return check(`${count} idle keep-alive connections: still served, under 400 MiB more`, answer?.status === 200 && grownMiB < 400, `${answer?.status}, ${grownMiB.toFixed(0)} MiB more`)
  } finally {
    sockets.forEach((socket) => socket.destroy())
  }
}

/** A client that sends its head a byte at a time must not hold its connection for long; nor may a hundred MB of head take memory. */
async function largeHead (pod: Pod): Promise<Check> {
  const socket = await openSocket(pod.url)
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => { text += String(chunk) })
  const beforeMiB = pod.residentMiB()
  socket.write('GET /victim/ HTTP/1.1\r\nHost: a\r\n')
  const piece = `X-Large: ${'x'.repeat(64 * 1024)}\r\n`
  for (let sent = 0; sent < 100 * 2 ** 20 && !socket.destroyed; sent += piece.length) {
    if (!socket.write(piece)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), new Promise((resolve) => socket.once('close', resolve))])
  }
  const isClosed = await holds(async () => socket.destroyed, 5_000)
  const grownMiB = pod.residentMiB() - beforeMiB
  socket.destroy()
  return check('100 MB of header fields: 431 or cut, under 50 MiB more', (answers(text)[0]?.endsWith(' 431') ?? isClosed) && grownMiB < 50, `${answers(text)[0] ?? (isClosed ? 'cut' : 'open')}, ${grownMiB.toFixed(0)} MiB more`)
}

async function slowHead (pod: Pod, isQuick: boolean): Promise<Check> {
  const sockets = await Promise.all(Array.from({ length: 200 }, () => openSocket(pod.url)))
  const texts = sockets.map(() => '')
  sockets.forEach((socket, index) => {
    socket.setEncoding('latin1').on('data', (chunk) => { texts[index] += String(chunk) })
    socket.write('GET /victim/ HTTP/1.1\r\nHost: a\r\nX-Slow: ')
  })
  const drip = setInterval(() => sockets.forEach((socket) => { if (!socket.destroyed) socket.write('x') }), 500)
  const served = await pod.get('/bystander/', 2_000)
  // The longest that a head may take is Node's headersTimeout; quick runs look only whether others are served meanwhile.
  const areClosed = isQuick || await holds(async () => sockets.every(({ destroyed }) => destroyed), 75_000)
  clearInterval(drip)
  sockets.forEach((socket) => socket.destroy())
  return check('200 heads a byte at a time: others are served, they get 408', served?.status === 200 && areClosed && (isQuick || texts.every((text) => text.includes(' 408'))), `${served?.status}, ${isQuick ? 'not waited for' : texts.filter((text) => text.includes(' 408')).length + ' × 408'}`)
}

export const parsers: Fault = {
  id: 'parsers',
  title: '10,000 idle connections; slow heads; 100 MB of header; bad chunks; smuggling pairs',
  async run (chaos) {
    await using pod = await startPod(chaos, { services: pair })
    const before = await pod.get('/victim/state')
    const checks = [await idleConnections(pod, 10_000), await largeHead(pod), ...await parse(pod), await slowHead(pod, chaos.isQuick)]
    await using load = await loadBoth(pod.url, chaos)
    await wait(1_000)
    const seen = figures(await load.stop(), 'victim', 'bystander')
    return { ...told(seen), checks: [...checks, check('afterwards all is as before', before?.status === 200 && seen.failed === 0, failuresText(seen.failures))] }
  }
}

/** Half of the requests are given up by their client after a moment. */
async function abortHalf (pod: Pod, count: number): Promise<void> {
  const batch = 200
  for (let done = 0; done < count; done += batch) {
    await Promise.all(Array.from({ length: batch }, async (_, index) => {
      const socket = await openSocket(pod.url)
      const isAborted = index % 2 === 0
      socket.resume().write(`GET /victim/${isAborted ? 'never' : ''} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      if (isAborted) setTimeout(() => socket.destroy(), 20)
      await new Promise((resolve) => socket.once('close', resolve))
    }))
  }
}

export const aborts: Fault = {
  id: 'aborts',
  title: 'clients abort half of their requests',
  async run (chaos) {
    const count = chaos.isQuick ? 10_000 : 100_000
    await using pod = await startPod(chaos, { services: pair })
    interface State { active: number, aborted: number, heapUsed: number }
    const state = async (): Promise<State> => JSON.parse((await pod.get('/victim/state'))?.body ?? '{}') as State
    await abortHalf(pod, 2_000)
    await holds(async () => (await state()).active === 0)
    const before = await state()
    const startMs = performance.now()
    await abortHalf(pod, count)
    const settled = await holds(async () => (await state()).active === 0)
    const after = await state()
    const aborted = after.aborted - before.aborted
    const grownMiB = (after.heapUsed - before.heapUsed) / 2 ** 20
    const answer = await pod.get('/victim/')
    chaos.tell(`  ${count} requests in ${((performance.now() - startMs) / 1000).toFixed(0)} s`)
    return {
      sent: count,
      failed: answer?.status === 200 ? 0 : 1,
      stallMs: 0,
      checks: [
        check('the handler sees every abort', aborted === count / 2, `${aborted} of ${count / 2}`),
        check('nothing is left under way', settled, after.active),
        check('the heap has not grown by 32 MiB', grownMiB < 32, `${grownMiB.toFixed(1)} MiB`)
      ]
    }
  }
}

export const garbage: Fault = {
  id: 'garbage',
  title: 'a service answers garbage, never ends, or ends early',
  async run (chaos: Chaos) {
    await using pod = await startPod(chaos, { services: pair, gateway: { timeouts: { backendRequest: '1s', idle: '1s' } } })
    await using load = await loadBoth(pod.url, chaos)
    const checks: Check[] = []
    for (const kind of ['bytes', 'status', 'nothing']) {
      const answer = await pod.get(`/victim/garbage/${kind}`, 5_000)
      checks.push(check(`${kind}: 502 with a code`, answer?.status === 502 && answer.body.includes('WATT_'), `${answer?.status} ${answer?.body.slice(0, 80)}`))
    }
    const short = await pod.get('/victim/garbage/short', 5_000)
    checks.push(check('shorter than it said: 502, or cut', short === undefined || short.status === 502, short?.status ?? 'cut'))
    const never = await pod.get('/victim/never', 5_000)
    checks.push(check('no answer: 504 with a code', never?.status === 504 && never.body.includes('WATT_'), `${never?.status} ${never?.body.slice(0, 80)}`))
    const endless = await pod.get('/victim/begin', 8_000)
    checks.push(check('an answer that never ends is cut', endless === undefined, endless?.status ?? 'cut'))
    const isFree = await holds(async () => (JSON.parse((await pod.get('/victim/state'))?.body ?? '{}') as { active: number }).active <= chaos.rate)
    const seen = figures(await load.stop(), 'victim', 'bystander')
    const left = JSON.parse((await pod.get('/victim/state'))?.body ?? '{}') as { active: number }
    return { ...told(seen), checks: [...checks, check('its slots are freed', isFree && left.active === 0, left.active), check('the others are unaffected', seen.failed === 0, failuresText(seen.failures))] }
  }
}
