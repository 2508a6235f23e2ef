// One app with a service for each program in fixtures/, started once for all tests of this folder.
import { createHash } from 'node:crypto'
import { on, once } from 'node:events'
import { readdirSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import WebSocket from 'ws'
import { startSupervisor } from '../../src/supervisor/supervisor.ts'
import { app, route, service } from '../supervisor/support.ts'

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url))
const names = readdirSync(fixtures).flatMap((file) => file.endsWith('.js') ? [file.slice(0, -3)] : [])

const supervisor = await startSupervisor({
  config: app(names.map((name) => service(name, { path: `${name}.js`, routes: [route(`/${name}`, { rewrite: '/' })] }))),
  root: fixtures,
  fileEnv: () => ({}),
  http: { host: '127.0.0.1', port: 0 },
  admin: undefined,
  baseEnv: { PATH: process.env.PATH ?? '', NODE_ENV: 'test' },
  sink: () => {}
})
after(() => supervisor.close())
await supervisor.started

/** http://host:port of the gateway. */
export const url = supervisor.url
export const webSocketUrl = url.replace('http', 'ws')

export interface Raw { status: number, headers: IncomingMessage['headers'], body: Buffer }

/** As it came: nothing is decompressed, no cookie kept. */
export async function get (path: string, headers: Record<string, string> = {}): Promise<Raw> {
  const call = request(`${url}${path}`, { headers, agent: false }).end()
  const [response] = await once(call, 'response') as [IncomingMessage]
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) }
}

/** What a browser would send back. */
export function cookiesOf (response: Response): string {
  return response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ')
}

export function sha256 (bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export interface Opened {
  protocol: string
  extensions: string
  send: (message: string | Buffer) => void
  ping: () => void
  /** The next message, as text. */
  next: () => Promise<string>
  /** Its code. */
  closed: Promise<number>
  close: () => Promise<number>
}

/** A WebSocket, once it is open. */
export async function open (path: string, protocols: string[] = []): Promise<Opened> {
  const socket = new WebSocket(`${webSocketUrl}${path}`, protocols)
  const messages = on(socket, 'message') as AsyncIterator<[Buffer]>
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  await once(socket, 'open')
  socket.on('error', () => {})
  return {
    protocol: socket.protocol,
    extensions: socket.extensions,
    send: (message) => socket.send(message),
    ping: () => socket.ping(),
    next: async () => String((await messages.next()).value[0]),
    closed,
    close: () => {
      socket.close(1000)
      return closed
    }
  }
}
