// The program of websocket.ts: URL CONNECTIONS SECONDS → one line of JSON. Frames are made and counted as bytes on bare sockets,
// since a WebSocket client costs as much as the server that is measured.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

const [url = '', connections = '', seconds = ''] = process.argv.slice(2)
const { hostname, port, pathname } = new URL(url)
const payload = Buffer.from('x'.repeat(64))
/** RFC 6455 §5.2: text, final; from a client masked, from a server not. */
const sent = Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), Buffer.from([1, 2, 3, 4]), payload.map((byte, index) => byte ^ (index % 4 + 1))])
const echoed = Buffer.concat([Buffer.from([0x81, payload.length]), payload])
const warmMs = 500

let echoes = 0
let isEnding = false

const sockets: Socket[] = []
// In batches: a server's backlog holds some hundreds.
while (sockets.length < Number(connections)) {
  const batch = Math.min(100, Number(connections) - sockets.length)
  sockets.push(...await Promise.all(Array.from({ length: batch }, open)))
}
for (const socket of sockets) socket.write(sent)
await wait(warmMs)
const begin = { echoes, ms: performance.now(), cpu: process.cpuUsage() }
await wait(Number(seconds) * 1000)
const elapsedMs = performance.now() - begin.ms
const { user, system } = process.cpuUsage(begin.cpu)
console.log(JSON.stringify({ perSecond: (echoes - begin.echoes) / elapsedMs * 1000, driverCpu: (user + system) / 1000 / elapsedMs }))
isEnding = true
for (const socket of sockets) socket.destroy()

/** Upgraded, and echoing from then on: what comes back is answered by the next message. */
function open (): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    let head = ''
    let got = 0
    socket.on('error', fail).on('close', () => fail(new Error('a connection was closed')))
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`)
    socket.on('data', upgrade)

    function upgrade (chunk: Buffer): void {
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      if (!head.startsWith('HTTP/1.1 101 ')) return fail(new Error(`the upgrade was answered by ${head.split('\r\n', 1)[0]}`))
      socket.off('data', upgrade).on('data', echo)
      resolve(socket)
    }

    function echo (chunk: Buffer): void {
      if (got === 0 && chunk.length === echoed.length && !chunk.equals(echoed)) fail(new Error('an echo is not what was sent'))
      got += chunk.length
      if (got < echoed.length) return
      if (got > echoed.length) fail(new Error('an echo is longer than what was sent'))
      got = 0
      echoes++
      socket.write(sent)
    }

    function fail (error: Error): void {
      reject(error)
      if (isEnding || !sockets.includes(socket)) return
      console.error(error.message)
      process.exit(1)
    }
  })
}
