// Where a process is met by other members of the mesh: callers of its service, and workers that it wants to call itself.
import { randomBytes } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import type { Batch } from '../frame.ts'
import type { Line } from '../peer.ts'
import type { Meeting } from './meeting.ts'
import { readBatches, SocketLine } from './socket-line.ts'
import type { PacketReader } from './wire.ts'

/** Whoever has not said the secret by then is a stranger. */
const introductionMs = 5_000

export class Door {
  /** For callers of this process' service. */
  readonly meeting: Meeting
  readonly #server: Server
  /** By secret: workers that were asked to come. */
  readonly #expected = new Map<string, SocketLine>()
  readonly #early: Line[] = []
  #accept = (line: Line): void => { this.#early.push(line) }

  private constructor (path: string, server: Server) {
    this.meeting = { path, secret: newSecret() }
    this.#server = server
    server.on('connection', (socket) => this.#open(socket))
    // That one may be called is no reason to live; that one is called is (SocketLine).
    server.unref()
  }

  /** Undefined where the system has no abstract namespace: ports are carried then. */
  static async listen (): Promise<Door | undefined> {
    if (process.platform !== 'linux') return undefined
    const path = `\0wattapp-${process.pid}-${randomBytes(8).toString('hex')}`
    const server = createServer()
    const { promise, resolve } = Promise.withResolvers<boolean>()
    server.once('error', () => resolve(false))
    server.listen({ path }, () => resolve(true))
    return await promise ? new Door(path, server) : undefined
  }

  /** Callers come to `accept` from now on. */
  serve (accept: (line: Line) => void): void {
    this.#accept = accept
    this.#early.splice(0).forEach(accept)
  }

  /** A line to whoever will come and say that secret. */
  expect (): { line: Line, meeting: Meeting } {
    const secret = newSecret()
    const line = new SocketLine(() => this.#expected.delete(secret))
    this.#expected.set(secret, line)
    return { line, meeting: { path: this.meeting.path, secret } }
  }

  close (): void {
    this.#server.close()
  }

  #open (socket: Socket): void {
    let line: SocketLine | undefined
    const patience = setTimeout(() => socket.destroy(), introductionMs).unref()
    socket.unref()
    socket.on('error', () => {})
    const reader = readBatches((batch) => {
      if (line !== undefined) return line.hear(batch)
      clearTimeout(patience)
      line = this.#welcome(batch, socket, reader)
    })
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk)
      } catch {
        socket.destroy()
      }
    })
  }

  /** @throws when it is a stranger */
  #welcome ([secret]: Batch, socket: Socket, reader: PacketReader): SocketLine {
    const isCaller = secret === this.meeting.secret
    const line = isCaller ? new SocketLine() : this.#expected.get(String(secret))
    if (line === undefined) throw new RangeError('it does not say the secret')
    this.#expected.delete(String(secret))
    line.attach(socket, reader)
    if (isCaller) this.#accept(line)
    return line
  }
}

function newSecret (): string {
  return randomBytes(16).toString('hex')
}
