// `npm run chaos`: faults under load, ours and where possible the peer. Exit code 1 when something that must hold does not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { autocannon } from '../load/autocannon.ts'
import { wrk } from '../load/wrk.ts'
import { readOptions, UsageError, type Options } from '../options.ts'
import { Children } from '../process/children.ts'
import { machineTime, untilCalm } from './machine.ts'
import { findOnPath } from '../process/find.ts'
import { buildOurs } from '../sides/build.ts'
import { faultIds, type Chaos, type Fault, type FaultId, type Outcome } from './fault.ts'
import { usage } from './options.ts'
import { service, startPod } from './pod.ts'
import { resultOf, tableText, type Result } from './report.ts'
import { faults } from './rows/index.ts'

/** Of the cores' time. */
const noisyShare = 0.1
const mostAttempts = 3
const calmShare = 0.3
const longestWaitMs = 20_000
/** Since the run began: afterwards nothing is tried again, so that it ends. */
const lastAttemptMs = 8 * 60_000

const tell = (text: string): void => { process.stderr.write(`${text}\n`) }

process.exitCode = await main()

async function main (): Promise<number> {
  let options: Options<FaultId>
  try {
    options = readOptions(process.argv.slice(2), faultIds)
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown
    tell(`error: ${thrown.message}\n  remedy: npm run chaos -- --help`)
    return 2
  }
  if (options.action === 'help') console.log(usage)
  else if (options.action === 'list') console.log(faults.map(({ id, title }) => `${id.padEnd(12)} ${title}`).join('\n'))
  else return await wreck(options)
  return 0
}

async function wreck ({ only, isQuick, json, dist }: Options<FaultId>): Promise<number> {
  const children = new Children()
  const folder = mkdtempSync(join(tmpdir(), 'wattapp-chaos-'))
  process.on('exit', () => {
    children.killAll()
    rmSync(folder, { recursive: true, force: true })
  })
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) process.on(signal, () => process.exit(code))

  const around = { children, folder, dist: dist === undefined ? buildOurs(tell) : resolve(dist), isQuick, tell }
  const rate = await loadRate(around)
  tell(`Node.js ${process.version}, ${availableParallelism()} cores; open load of ${rate} requests a second, 30 % of the top rate`)
  const chaos: Chaos = { ...around, rate }
  const results: Result[] = []
  for (const fault of faults.filter(({ id }) => only.includes(id))) {
    tell(`${fault.id}: ${fault.title}`)
    const outcome = await attempt(fault, chaos)
    const peer = isQuick ? undefined : await fault.peer?.(chaos).catch(asError)
    results.push(resultOf(fault, outcome, peer))
  }
  console.log(tableText(results))
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`)
  return results.every(({ ok }) => ok) ? 0 : 1
}

/** What is missed while others had the machine is looked at again; what is missed on a machine of its own is missed. */
async function attempt (fault: Fault, chaos: Chaos): Promise<Outcome | Error> {
  for (let attempts = 1; ; attempts++) {
    const machine = machineTime()
    const outcome = await fault.run(chaos).catch(asError)
    const othersShare = machine.othersShare()
    const isOk = !(outcome instanceof Error) && outcome.checks.every(({ ok }) => ok)
    if (isOk || attempts === mostAttempts || othersShare < noisyShare || performance.now() > lastAttemptMs) return outcome instanceof Error ? outcome : { ...outcome, attempts, othersShare }
    const missed = outcome instanceof Error ? [outcome.message] : outcome.checks.filter(({ ok }) => !ok).map(({ what, saw }) => `${what} (${saw})`)
    chaos.tell(`  others had ${(othersShare * 100).toFixed(0)} % of the machine; once more: ${missed.join('; ')}`)
    await untilCalm(calmShare, longestWaitMs)
  }
}

/** Our top rate with one service and fifty connections, briefly. */
async function loadRate (around: Omit<Chaos, 'rate'>): Promise<number> {
  const wrkFile = findOnPath('wrk')
  const loader = wrkFile === undefined ? autocannon(around.children, around.folder) : wrk(wrkFile, around.children, around.folder)
  await using pod = await startPod(around, { services: [service('victim')] })
  const load = { url: `${pod.url}/victim/`, connections: 50, seconds: 2 }
  await loader.rate(load)
  return Math.round(await loader.rate(load) * 0.3)
}

function asError (thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
