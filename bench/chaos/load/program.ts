// A process that makes an open load: so many GETs a second whatever the answers do, each due at its own moment, so that a stall
// is seen by all requests that fall into it. Raw sockets: the load must not take the cores that are measured.
// Lines on standard input: `phase NAME` begins another phase, `stop` ends it; then it prints its report.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { awayIn } from './away.ts'
import { Lane } from './lane.ts'
import { control, start, Tally, type LoadReport } from './report.ts'

export interface LoadPlan {
  host: string
  port: number
  perSecond: number
  /** Asked in turn. */
  targets: Array<{ name: string, path: string }>
  /** A request that has no answer by then has failed. */
  timeoutMs: number
}

const tickMs = 2
/** Of requests to the bare server. */
const controlMs = 5

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan
const beside = spawn(process.execPath, [fileURLToPath(new URL('control.ts', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] })
const [controlPort] = await once(beside.stdout, 'data')
const phases = new Map<string, Map<string, Tally>>()
let inFlight = 0
let isStopping = false
let tallies = begin(start)

// Each target has connections of its own: those who wait for one must not keep those of the other waiting.
const lanes = plan.targets.map((target) => new Lane({ ...plan, ...target, over }))
const controlLane = new Lane({ host: '127.0.0.1', port: Number(controlPort), name: control, path: '/', timeoutMs: plan.timeoutMs, over })

function begin (phase: string): Map<string, Tally> {
  const made = phases.get(phase) ?? new Map([...plan.targets.map(({ name }) => name), control].map((name) => [name, new Tally()]))
  phases.set(phase, made)
  return made
}

function ask (lane: Lane, dueMs: number): void {
  const tally = tallies.get(lane.name)
  if (tally === undefined) return
  tally.sent()
  inFlight++
  lane.ask({ tally, dueMs })
}

function over (): void {
  inFlight--
  if (isStopping && inFlight === 0) finish()
}

const startMs = performance.now()
let made = 0
let madeControl = 0
const timer = setInterval(() => {
  const passedMs = performance.now() - startMs
  for (const due = Math.floor(passedMs / controlMs); madeControl < due; madeControl++) ask(controlLane, startMs + madeControl * controlMs)
  for (const due = Math.floor(passedMs / 1000 * plan.perSecond); made < due; made++) {
    const lane = lanes[made % lanes.length]
    if (lane !== undefined) ask(lane, startMs + made * 1000 / plan.perSecond)
  }
}, tickMs)

function stop (): void {
  if (isStopping) return
  isStopping = true
  clearInterval(timer)
  if (inFlight === 0) finish()
}

function finish (): void {
  const away = awayIn([...phases.values()].flatMap((targets) => targets.get(control)?.answered ?? []))
  const report: LoadReport = Object.fromEntries(phases.entries().map(([phase, targets]) =>
    [phase, Object.fromEntries(targets.entries().map(([name, tally]) => [name, tally.report(away)]))]))
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0))
}

createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'stop') stop()
  else tallies = begin(line.replace(/^phase /, ''))
}).on('close', stop)
// Never without an end, whoever forgot it.
setTimeout(stop, 120_000).unref()
