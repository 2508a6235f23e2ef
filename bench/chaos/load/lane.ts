// The requests to one target, over as many connections as they need.
import { connect, type Socket } from 'node:net'
import { parseAnswer } from './answer.ts'
import type { Result, Tally } from './report.ts'

export interface Asked { tally: Tally, dueMs: number }

export interface LaneOptions {
  host: string
  port: number
  name: string
  path: string
  timeoutMs: number
  /** One request is over. */
  over: () => void
}

/** Of one target; whoever waits for one has waited since its request was due. */
const mostConnections = 3_000

export class Lane {
  readonly name: string
  readonly #options: LaneOptions
  readonly #bytes: Buffer
  readonly #idle: Connection[] = []
  readonly #waiting: Asked[] = []
  #connections = 0

  constructor (options: LaneOptions) {
    this.name = options.name
    this.#options = options
    this.#bytes = Buffer.from(`GET ${options.path} HTTP/1.1\r\nHost: chaos\r\n\r\n`)
  }

  ask (asked: Asked): void {
    const connection = this.#idle.pop() ?? (this.#connections < mostConnections ? this.#connect() : undefined)
    if (connection === undefined) this.#waiting.push(asked)
    else connection.ask(asked, this.#bytes)
  }

  #connect (): Connection {
    this.#connections++
    const { over } = this.#options
    return new Connection(this.#options, {
      over,
      free: (connection) => {
        const next = this.#waiting.shift()
        if (next === undefined) this.#idle.push(connection)
        else connection.ask(next, this.#bytes)
      },
      gone: (connection) => {
        this.#connections--
        const at = this.#idle.indexOf(connection)
        if (at !== -1) this.#idle.splice(at, 1)
        const next = this.#waiting.shift()
        if (next !== undefined) this.ask(next)
      }
    })
  }
}

interface ConnectionEvents { over: () => void, free: (connection: Connection) => void, gone: (connection: Connection) => void }

class Connection {
  readonly #socket: Socket
  readonly #timeoutMs: number
  readonly #events: ConnectionEvents
  #asked: Asked | undefined
  #bytes: Buffer = Buffer.alloc(0)
  #timer: NodeJS.Timeout | undefined

  constructor ({ port, host, timeoutMs }: LaneOptions, events: ConnectionEvents) {
    this.#timeoutMs = timeoutMs
    this.#events = events
    this.#socket = connect(port, host).setNoDelay(true)
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#over(error.code ?? 'error'))
    this.#socket.on('close', () => {
      this.#over('closed')
      this.#events.gone(this)
    })
  }

  ask (asked: Asked, bytes: Buffer): void {
    this.#asked = asked
    this.#timer = setTimeout(() => {
      this.#over('timeout')
      this.#socket.destroy()
    }, this.#timeoutMs)
    this.#socket.write(bytes)
  }

  #read (chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    const answer = parseAnswer(this.#bytes)
    if (answer === undefined) return
    if (answer === 'garbled' || this.#asked === undefined || answer.bytes < this.#bytes.length) {
      this.#over('garbled')
      this.#socket.destroy()
      return
    }
    this.#bytes = Buffer.alloc(0)
    this.#over(answer.status < 400 ? 'ok' : `status ${answer.status}`)
    if (answer.mustClose || this.#socket.destroyed) this.#socket.end()
    else this.#events.free(this)
  }

  #over (result: Result): void {
    const asked = this.#asked
    if (asked === undefined) return
    this.#asked = undefined
    clearTimeout(this.#timer)
    asked.tally.over(result, { fromMs: asked.dueMs, toMs: performance.now() })
    this.#events.over()
  }
}
