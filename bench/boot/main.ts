// `npm run bench:boot`: `wattapp run` beside `wattpm start`, the same two services, alternately, on this Node.
// Exit code 1 when a bar is missed.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { measure, type Measured } from './measure.ts'
import { benchRow, rowText } from './ratio.ts'
import { ours, wattpm } from './side.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' }, json: { type: 'string' }, 'no-build': { type: 'boolean', default: false } } })
const runs = Number(values.runs)
if (!Number.isInteger(runs) || runs < 1) throw new RangeError(`Expected --runs to be a positive integer, got \`${values.runs}\``)

/** The issue's: under a quarter of the peer's time and of its memory. */
const bar = 0.25

if (!values['no-build']) ours.prepare()
wattpm.prepare()
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, ${runs} runs a side after one that only warms the file cache`)

const pairs: Array<{ ours: Measured, peer: Measured }> = []
for (let run = 0; run <= runs; run++) {
  const pair = { ours: await measure(ours), peer: await measure(wattpm) }
  if (run === 0) continue
  pairs.push(pair)
  console.log(`${run}: ${[ours, wattpm].map(({ name }, index) => {
    const { firstAnswerMs, pssMiB } = index === 0 ? pair.ours : pair.peer
    return `${name} ${firstAnswerMs.toFixed(0)} ms, ${pssMiB.toFixed(1)} MiB`
  }).join('; ')}`)
}

const rows = [
  benchRow('boot to first answer', 'ms', pairs.map(({ ours, peer }) => ({ ours: ours.firstAnswerMs, peer: peer.firstAnswerMs })), bar),
  benchRow('memory after the first answers (PSS)', 'MiB', pairs.map(({ ours, peer }) => ({ ours: ours.pssMiB, peer: peer.pssMiB })), bar)
]
for (const row of rows) console.log(rowText(row))
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`)
if (rows.some(({ ok }) => !ok)) process.exitCode = 1
