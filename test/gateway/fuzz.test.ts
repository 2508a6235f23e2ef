// Requests with mistakes in them, over a real socket: whatever the gateway makes of them, a service sees nothing that Node's own
// parser would not have seen in the same bytes, in the same order; the client gets one answer for each; and the gateway goes on.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import { connect, type AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { readAll, route, startPod } from './pod.ts'

const pod = await startPod({ services: ['witness'], routes: [route('witness', '/')] })
after(() => pod.close())

interface Seen { method: string, id?: string, body: string, trailers: object }
/** A request that Node's parser found: its body, unless what came behind it made Node forget it. */
type Found = Omit<Seen, 'body' | 'trailers'> & Partial<Seen>

/** Node's reading of the same bytes; lenient where the gateway refuses for what no parser is asked. */
const reference = Object.assign(createServer(), { requireHostHeader: false, httpAllowHalfOpen: true })
const found = new Map<number, Found[]>()
reference.on('request', (request, response) => {
  const { method = '', socket: { remotePort = 0 }, headers: { 'x-id': id } } = request
  const entry: Found = { method, ...(typeof id === 'string' && { id }) }
  found.set(remotePort, [...found.get(remotePort) ?? [], entry])
  let body = ''
  request.setEncoding('latin1').on('data', (chunk: string) => { body += chunk }).on('error', () => {})
  request.on('end', () => {
    Object.assign(entry, { body, trailers: { ...request.trailers } })
    response.end()
  })
})
before(async () => {
  reference.listen(0, '127.0.0.1')
  await once(reference, 'listening')
})
after(() => {
  reference.closeAllConnections()
  reference.close()
})

const bodyText = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\r\n', '0', ':', 'GET / HTTP/1.1\r\n', '\xff'), maxLength: 12 })
const chunked = fc.array(bodyText.filter((text) => text !== ''), { maxLength: 4 }).map((chunks) =>
  ({ field: 'Transfer-Encoding: chunked', body: `${chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')}0\r\n\r\n` }))
const sized = bodyText.map((body) => ({ field: `Content-Length: ${body.length}`, body }))
const none = fc.constant({ field: 'X-None: 1', body: '' })

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  version: fc.constantFrom('1.1', '1.1', '1.1', '1.0'),
  id: fc.integer({ min: 1, max: 1_000_000 }),
  more: fc.array(fc.constantFrom('Accept: */*', 'X-Y: z', 'Connection: keep-alive', 'Cookie: a=b; c=d', 'X-Empty:'), { maxLength: 3 }),
  content: fc.oneof(none, sized, chunked)
}).map(({ method, version, id, more, content: { field, body } }) =>
  `${method} /x HTTP/${version}\r\n${['Host: a', `X-Id: ${id}`, ...more, field].join('\r\n')}\r\n\r\n${body}`)

const mistake = fc.record({
  /** Where, as a share of the text. */
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  dropped: fc.integer({ min: 0, max: 3 }),
  added: fc.oneof(
    fc.constantFrom('', '\r', '\n', '\r\n', '\r\n\r\n', ' ', '\t', ':', '0', '5', ',', '\0', '\x7f', '\xff', 'Transfer-Encoding: chunked\r\n', 'Content-Length: 3\r\n', 'Connection: close\r\n', 'chunked', '\r\n ', 'GET / HTTP/1.1\r\n\r\n'),
    fc.string({ unit: 'binary-ascii', maxLength: 3 })
  )
})

function withMistakes (text: string, mistakes: ReadonlyArray<{ at: number, dropped: number, added: string }>): string {
  return mistakes.reduce((now, { at, dropped, added }) => {
    const index = Math.floor(at * now.length)
    return now.slice(0, index) + added + now.slice(index + dropped)
  }, text)
}

/** Sends the text in pieces, ends its half, and gives all that comes back. */
async function converse (port: number, text: string, pieces: number): Promise<string> {
  return (await say(port, text, pieces)).answer
}

async function say (port: number, text: string, pieces: number): Promise<{ answer: string, from: number }> {
  const socket = connect({ port, host: '127.0.0.1' }).setNoDelay()
  await once(socket, 'connect')
  const { localPort: from = 0 } = socket
  const answer = readAll(socket)
  const length = Math.max(1, Math.ceil(text.length / pieces))
  for (let at = 0; at < text.length && socket.writable; at += length) await new Promise((resolve) => socket.write(text.slice(at, at + length), 'latin1', resolve))
  socket.end()
  return { answer: await answer, from }
}

interface Answers { statuses: number[], seen: Seen[], rest: string }

/** What a client makes of the stream: responses, what the service said that it saw, and what is no response. */
function answersIn (stream: string): Answers {
  const statuses: number[] = []
  const seen: Seen[] = []
  let rest = stream
  for (let match = head(rest); match !== null; match = head(rest)) {
    const status = Number(match[1])
    const fields = match[2] ?? ''
    rest = rest.slice(match[0].length)
    if (status < 200) continue
    const length = /^content-length: (\d+)$/im.exec(fields)?.[1]
    const body = length === undefined ? rest : rest.slice(0, Number(length))
    if (length !== undefined && body.length < Number(length)) return { statuses, seen, rest: `a cut answer: ${body}` }
    rest = rest.slice(body.length)
    statuses.push(status)
    if (status === 200) seen.push(JSON.parse(Buffer.from(body, 'latin1').toString()) as Seen)
  }
  return { statuses, seen, rest }
}

const head = (text: string): RegExpExecArray | null => /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(text)

/** Each of `seen` is one of `all`, in order. */
function isAmong (seen: readonly Seen[], all: readonly Found[]): boolean {
  let at = 0
  return seen.every((one) => {
    at = all.findIndex((other, index) => index >= at && isDeepStrictEqual(one, { body: one.body, trailers: one.trailers, ...other })) + 1
    return at > 0
  })
}

const conversation = fc.tuple(fc.array(request, { minLength: 1, maxLength: 4 }), fc.array(mistake, { maxLength: 3 }), fc.integer({ min: 1, max: 4 }))
const referencePort = (): number => (reference.address() as AddressInfo).port

test('requests without mistakes are all answered, in order, in whatever pieces', async () => {
  await fc.assert(fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 8 }), async (requests, pieces) => {
    const ours = answersIn(await converse(pod.port, requests.filter((text) => !text.includes('HTTP/1.0')).join(''), pieces))
    assert.ok(ours.statuses.every((status) => status === 200))
    assert.equal(ours.seen.length, requests.filter((text) => !text.includes('HTTP/1.0')).length)
    assert.equal(ours.rest, '')
  }), { numRuns: 100 })
})

test('of requests with mistakes a service sees only what Node would have seen, each is answered once, and nothing else comes', async () => {
  let compared = 0
  await fc.assert(fc.asyncProperty(conversation, async ([requests, mistakes, pieces]) => {
    const text = withMistakes(requests.join(''), mistakes)
    const [answer, { from }] = await Promise.all([converse(pod.port, text, pieces), say(referencePort(), text, pieces)])
    const ours = answersIn(answer)
    const all = found.get(from) ?? []
    found.delete(from)
    assert.equal(ours.rest, '')
    assert.ok(isAmong(ours.seen, all), `the service saw ${JSON.stringify(ours.seen)}, Node ${JSON.stringify(all)}`)
    compared += ours.seen.length
  }), { numRuns: 250 })
  assert.ok(compared > 100)
  assert.equal(answersIn(await converse(pod.port, 'GET /x HTTP/1.1\r\nHost: a\r\nX-Id: alive\r\n\r\n', 1)).seen.length, 1)
})
