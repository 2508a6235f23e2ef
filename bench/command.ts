// A bench's command: its rows, ours beside their peers, one table. Exit code 1 when a row misses its bar.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Surroundings } from './bench.ts'
import { autocannon } from './load/autocannon.ts'
import { wrk } from './load/wrk.ts'
import { readOptions, UsageError, type Options } from './options.ts'
import { Children } from './process/children.ts'
import { resultOf, tableText, type Result } from './report.ts'
import type { Family } from './row.ts'
import { runFamily } from './run.ts'
import { buildOurs } from './sides/build.ts'
import { findOnPath } from './process/find.ts'

const tell = (text: string): void => { process.stderr.write(`${text}\n`) }

export interface BenchCommand {
  /** As after `npm run`. */
  name: string
  usage: string
  /** In the order of the table. */
  rowIds: readonly string[]
  /** In the order in which they are measured. */
  families: readonly Family[]
}

/** Gives the exit code. */
export async function runBench (command: BenchCommand, argv: readonly string[]): Promise<number> {
  let options: Options<string>
  try {
    options = readOptions(argv, command.rowIds)
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown
    tell(`error: ${thrown.message}\n  remedy: npm run ${command.name} -- --help`)
    return 2
  }
  if (options.action === 'help') console.log(command.usage)
  else if (options.action === 'list') console.log(listText(command))
  else return await measure(command, options)
  return 0
}

function listText ({ families }: BenchCommand): string {
  return families.flatMap(({ rows }) => rows).map(({ id, better, bar, title }) => `${id.padEnd(20)} ${better === 'higher' ? '≥' : '≤'} ${String(bar).padEnd(5)} ${title}`).join('\n')
}

async function measure ({ families }: BenchCommand, { only, isQuick, rounds, json, dist }: Options<string>): Promise<number> {
  const children = new Children()
  const folder = mkdtempSync(join(tmpdir(), 'wattapp-bench-'))
  const startedAt = performance.now()
  // Also after an error or a signal: nothing may be left that makes load or takes memory.
  process.on('exit', () => {
    children.killAll()
    rmSync(folder, { recursive: true, force: true })
  })
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) process.on(signal, () => process.exit(code))

  const wrkFile = findOnPath('wrk')
  const loader = wrkFile === undefined ? autocannon(children, folder) : wrk(wrkFile, children, folder)
  tell(`Node.js ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown CPU'}, load from ${loader.name}`)
  if (wrkFile === undefined) tell('there is no wrk on this machine: autocannon, a Node client, saturates before the faster side does and narrows the ratios')
  const surroundings: Surroundings = { loadSeconds: isQuick ? 1 : 5, warmSeconds: isQuick ? 3 : 8, loader, children, folder, tell, dist: dist === undefined ? buildOurs(tell) : resolve(dist) }

  const results: Result[] = []
  for (const family of families) {
    const rows = family.rows.filter(({ id }) => only.includes(id))
    if (rows.length === 0) continue
    const outcomes = await runFamily({ ...family, rows }, rounds ?? family.rounds[isQuick ? 'quick' : 'full'], surroundings)
    results.push(...outcomes.entries().map(([row, outcome]) => resultOf(row, outcome)))
  }
  results.sort((a, b) => only.findIndex((id) => id === a.row) - only.findIndex((id) => id === b.row))
  console.log(tableText(results))
  tell(`${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`)
  return results.every(({ ok }) => ok) ? 0 : 1
}
