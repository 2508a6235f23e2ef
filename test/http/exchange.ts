// One connection and what is said on it, step by step, by bytes: the client of every case, wherever it runs.
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { readMessages, type Reading } from './response-reader.ts'

export type Step =
  /** latin1, as it stands. */
  | { send: string }
  /** A byte a turn of the event loop. */
  | { sendSlowly: string }
  /** Waits until this has come, or the connection is over. */
  | { until: string }
  /** Waits for so many whole answers, or the connection's end. */
  | { answers: number }
  /** Waits until at least so many bytes have come. */
  | { bytes: number }
  /** Another connection's GET, whose body is kept. */
  | { ask: string }
  /** Half-close: no more comes from here. */
  | { end: true }
  /** Both ways, at once. */
  | { reset: true }
  /** Waits for the other side's end. */
  | { ended: true }

export interface Script {
  steps: Step[]
  /** Of the requests, in order. */
  methods: string[]
}

export interface Where { host: string, port: number }

export interface Told {
  /** All that came, latin1. */
  bytes: string
  /**
   * kept: another request on the connection was answered. closed: by FIN. reset: by RST. stalled: nothing came for `stallMs`.
   * left: the script gave up the connection itself.
   */
  ending: 'kept' | 'closed' | 'reset' | 'stalled' | 'left'
  asked: string[]
}

/** Only what is wrong comes to that: whoever waits for this long waits for ever. */
const stallMs = 5_000

/** Says the steps, waits for every answer, and finds out whether the connection still serves. */
export async function exchange (where: Where, { steps, methods }: Script, probe: string): Promise<Told> {
  const line = new Line(connect(where), methods)
  const asked: string[] = []
  for (const step of steps) {
    if ('send' in step) line.socket.write(step.send, 'latin1')
    else if ('sendSlowly' in step) await sendSlowly(line, step.sendSlowly)
    else if ('until' in step) await line.until(() => line.bytes.includes(step.until))
    else if ('answers' in step) await line.until(({ finals }) => finals >= step.answers)
    else if ('bytes' in step) await line.until(() => line.bytes.length >= step.bytes)
    else if ('ask' in step) asked.push(await ask(where, step.ask))
    else if ('end' in step) line.socket.end()
    else if ('ended' in step) await line.until(() => false)
    else line.leave()
  }
  await line.until(({ finals, messages }) => finals >= methods.length && messages.at(-1)?.status !== 101)
  const last = line.reading().messages.at(-1)
  if (last?.isLast === true) await line.until(() => false)
  if (line.ending !== undefined || line.socket.writableEnded) {
    await line.until(() => false)
    return { bytes: line.bytes, ending: line.ending ?? 'stalled', asked }
  }

  const before = line.bytes
  line.methods = [...methods, 'GET']
  line.socket.write(probe)
  await line.until(({ finals }) => finals > methods.length)
  const isKept = line.bytes.endsWith('text') && line.reading().finals > methods.length
  const { ending } = line
  line.socket.destroy()
  return isKept ? { bytes: before, ending: 'kept', asked } : { bytes: line.bytes, ending: ending ?? 'stalled', asked }
}

class Line {
  bytes = ''
  ending: Told['ending'] | undefined
  methods: string[]
  readonly socket: Socket
  #changed: (() => void) | undefined

  constructor (socket: Socket, methods: string[]) {
    this.socket = socket
    this.methods = methods
    socket.on('data', (chunk: Buffer) => {
      this.bytes += chunk.toString('latin1')
      this.#changed?.()
    })
    socket.on('end', () => this.#over('closed'))
    socket.on('error', () => this.#over('reset'))
    socket.on('close', () => this.#over('closed'))
  }

  reading (): Reading {
    return readMessages(this.bytes, this.methods, this.ending !== undefined)
  }

  /** Returns at the latest when the connection is over. */
  async until (is: (reading: Reading) => boolean): Promise<void> {
    while (this.ending === undefined && !is(this.reading())) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#changed = resolve
      const timer = setTimeout(() => this.#stall(), stallMs)
      await promise
      clearTimeout(timer)
    }
  }

  leave (): void {
    this.#over('left')
    // Node never gets to the end of a handle that is reset while its FIN is on its way.
    if (this.socket.writableEnded || this.socket.readableEnded) this.socket.destroy()
    else this.socket.resetAndDestroy()
  }

  #stall (): void {
    this.#over('stalled')
    this.socket.destroy()
  }

  #over (how: Told['ending']): void {
    this.ending ??= how
    this.#changed?.()
  }
}

async function sendSlowly ({ socket }: Line, bytes: string): Promise<void> {
  for (const byte of bytes) {
    socket.write(byte, 'latin1')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function ask (where: Where, path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  request({ ...where, path, agent: false }, (response) => { text(response).then(resolve, reject) }).on('error', reject).end()
  return await promise
}
