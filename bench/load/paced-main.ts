// The program of paced.ts: URL RATE CONNECTIONS SECONDS → one line of JSON. Bare sockets: an HTTP client would add its own delays.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { percentile } from './percentile.ts'
import { createReader } from './response-reader.ts'

const [url = '', rateText = '', connections = '', secondsText = ''] = process.argv.slice(2)
const { host, hostname, port, pathname } = new URL(url)
const [rate, seconds] = [Number(rateText), Number(secondsText)]
const request = Buffer.from(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
/** More words a second would cost more than they space out; several requests are due at one then. */
const beatsPerSecond = Math.min(rate, 5000)
/** Not counted: connections and caches are new, and this program's own code is compiled, which it stands still for (20 ms, 0.85 s after the start). */
const warmMs = 1500
const leftLimitMs = 5000
/** A request that was sent later than this after it was due says how long the machine stood still, not the server: it is set aside. */
const lateMs = 1

const free: Connection[] = []
const dues: Due[] = []
const latencies: number[] = []
let late = 0
let sent = 0

interface Connection { socket: Socket, due: Due | undefined }
interface Due { ms: number, isLate: boolean }

const opened = await Promise.all(Array.from({ length: Number(connections) }, open))
free.push(...opened)
const metronome = new Worker(new URL('metronome.ts', import.meta.url), {
  workerData: { intervalMs: 1000 / beatsPerSecond, beats: Math.ceil(beatsPerSecond * (seconds + warmMs / 1000)) }
})
let beginMs: number | undefined
metronome.on('message', beat)
await once(metronome, 'exit')
const endMs = performance.now()
// What was still waiting for a free connection has waited at least until now: an overloaded server shows as slow ones, not as none.
for (const { ms, isLate } of dues.splice(0)) count(ms, isLate, endMs)
while (free.length < opened.length && performance.now() < endMs + leftLimitMs) await wait(10)
if (free.length < opened.length) fail(`${opened.length - free.length} requests were not answered`)
for (const { socket } of opened) socket.removeAllListeners('close').destroy()
const sorted = Float64Array.from(latencies).sort()
console.log(JSON.stringify({ p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), max: percentile(sorted, 1), answered: latencies.length, late: late / (late + latencies.length) }))

/** Requests are due at even times from the first word on, however late the words come. */
function beat (): void {
  const nowMs = performance.now()
  beginMs ??= nowMs
  for (;;) {
    const nextMs = beginMs + (sent + dues.length) * 1000 / rate
    if (nextMs > nowMs) break
    dues.push({ ms: nextMs, isLate: nowMs - nextMs > lateMs })
  }
  send()
}

function send (): void {
  while (free.length > 0 && dues.length > 0) {
    const connection = free.pop()
    const due = dues.shift()
    if (connection === undefined || due === undefined) return
    connection.due = due
    sent++
    connection.socket.write(request)
  }
}

async function open (): Promise<Connection> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  const connection: Connection = { socket, due: undefined }
  const read = createReader()
  socket.on('error', ({ message }) => fail(message)).on('close', () => fail('a connection was closed'))
  socket.on('data', (chunk: Buffer) => {
    const status = read(chunk)
    if (status === undefined) return
    if (status !== 200) fail(`an answer was ${status}`)
    if (connection.due !== undefined) count(connection.due.ms, connection.due.isLate, performance.now())
    free.push(connection)
    send()
  })
  return connection
}

function count (dueMs: number, isLate: boolean, nowMs: number): void {
  if (beginMs === undefined || dueMs < beginMs + warmMs) return
  if (isLate) late++
  else latencies.push(nowMs - dueMs)
}

function fail (message: string): never {
  console.error(message)
  process.exit(1)
}
