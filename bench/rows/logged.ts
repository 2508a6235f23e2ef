// Our side with access logs and traces at 1 %, and the proof that it wrote and sent them while it was measured.
import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Bench } from '../bench.ts'
import { startCollector } from '../process/collector.ts'
import type { Figures } from '../row.ts'
import { sixServices } from '../sides/manifest.ts'
import { startOurs } from '../sides/ours.ts'
import { stopping } from '../sides/started.ts'
import { rateOf } from './json.ts'

export interface Logged { measure: () => Promise<Figures> }

const flushLimitMs = 12_000
/** Lines for requests, of those that were answered: the last ones of a load are cut with their connections. */
const leastShare = 0.95

export function startLogged (bench: Bench): Promise<Logged> {
  return bench.share('logged', async (life) => {
    const collector = life.add(await startCollector(), (open) => open.close())
    const file = join(bench.folder, 'access.log')
    const stdout = life.add(openSync(file, 'a'), closeSync)
    const started = await stopping(life, await startOurs(bench, { services: sixServices, logsTo: collector.url }, { stdout }))
    return {
      async measure () {
        truncateSync(file)
        const perSecond = await rateOf(bench, 'ours, logged', started)
        const least = Math.floor(perSecond * bench.loadSeconds * leastShare)
        const deadlineMs = performance.now() + flushLimitMs
        while ((linesIn(file) < least || collector.received() === 0) && performance.now() < deadlineMs) await wait(50)
        if (linesIn(file) < least) throw new Error(`${linesIn(file)} lines were logged for at least ${least} requests`)
        if (collector.received() === 0) throw new Error('no trace was sent')
        return { perSecond }
      }
    }
  })
}

function linesIn (file: string): number {
  let lines = 0
  for (const byte of readFileSync(file)) if (byte === 10) lines++
  return lines
}
