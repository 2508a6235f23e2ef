// A process that makes an open load: so many GETs a second whatever the answers do, each due at its own moment, so that a stall
// is seen by all requests that fall into it. Raw sockets: the load must not take the cores that are measured.
// Lines on standard input: `phase NAME` begins another phase, `stop` ends it; then it prints its report.
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { parseAnswer } from './answer.ts'
import { Tally, type LoadReport, type Result } from './report.ts'

export interface LoadPlan {
  host: string
  port: number
  perSecond: number
  /** Asked in turn. */
  targets: Array<{ name: string, path: string }>
  /** A request that has no answer by then has failed. */
  timeoutMs: number
}

interface Asked { tally: Tally, dueMs: number }

const tickMs = 2
const mostConnections = 4000

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan
const requests = plan.targets.map(({ name, path }) => ({ name, bytes: Buffer.from(`GET ${path} HTTP/1.1\r\nHost: chaos\r\n\r\n`) }))
const phases = new Map<string, Map<string, Tally>>()
const idle: Connection[] = []
const waiting: Array<{ asked: Asked, bytes: Buffer }> = []
let tallies = begin('start')
let connections = 0
let inFlight = 0
let isStopping = false

function begin (phase: string): Map<string, Tally> {
  const made = phases.get(phase) ?? new Map(requests.map(({ name }) => [name, new Tally()]))
  phases.set(phase, made)
  return made
}

class Connection {
  readonly #socket: Socket
  #asked: Asked | undefined
  #bytes: Buffer = Buffer.alloc(0)
  #timer: NodeJS.Timeout | undefined

  constructor () {
    connections++
    this.#socket = connect(plan.port, plan.host).setNoDelay(true)
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#over(error.code ?? 'error'))
    this.#socket.on('close', () => this.#gone())
  }

  ask (asked: Asked, bytes: Buffer): void {
    this.#asked = asked
    this.#timer = setTimeout(() => {
      this.#over('timeout')
      this.#socket.destroy()
    }, plan.timeoutMs)
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
    if (answer.mustClose || this.#socket.destroyed) {
      this.#socket.end()
      return
    }
    const next = waiting.shift()
    if (next === undefined) idle.push(this)
    else this.ask(next.asked, next.bytes)
  }

  #over (result: Result): void {
    const asked = this.#asked
    if (asked === undefined) return
    this.#asked = undefined
    clearTimeout(this.#timer)
    inFlight--
    asked.tally.over(result, performance.now() - asked.dueMs)
    if (isStopping && inFlight === 0) finish()
  }

  #gone (): void {
    connections--
    this.#over('closed')
    const at = idle.indexOf(this)
    if (at !== -1) idle.splice(at, 1)
    const next = waiting.shift()
    if (next !== undefined) new Connection().ask(next.asked, next.bytes)
  }
}

const startMs = performance.now()
let made = 0
const timer = setInterval(() => {
  const due = Math.floor((performance.now() - startMs) / 1000 * plan.perSecond)
  for (; made < due; made++) {
    const request = requests[made % requests.length]
    const tally = tallies.get(request?.name ?? '')
    if (request === undefined || tally === undefined) continue
    tally.sent()
    inFlight++
    const asked = { tally, dueMs: startMs + made * 1000 / plan.perSecond }
    const connection = idle.pop() ?? (connections < mostConnections ? new Connection() : undefined)
    if (connection === undefined) waiting.push({ asked, bytes: request.bytes })
    else connection.ask(asked, request.bytes)
  }
}, tickMs)

function stop (): void {
  if (isStopping) return
  isStopping = true
  clearInterval(timer)
  if (inFlight === 0) finish()
}

function finish (): void {
  const report: LoadReport = Object.fromEntries(phases.entries().map(([phase, targets]) =>
    [phase, Object.fromEntries(targets.entries().map(([name, tally]) => [name, tally.report()]))]))
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0))
}

createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'stop') stop()
  else tallies = begin(line.replace(/^phase /, ''))
}).on('close', stop)
// Never without an end, whoever forgot it.
setTimeout(stop, 120_000).unref()
