// The sides of the rows on small JSON answers, and the probe of their rate: 50 connections.
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { ask } from '../process/answer.ts'
import type { Figures, Probe } from '../row.ts'
import { sixServices } from '../sides/manifest.ts'
import { startOurs } from '../sides/ours.ts'
import { startProgram } from '../sides/program.ts'
import { stopping, type Started } from '../sides/started.ts'

export const connections = 50
export const path = '/s1'
const expected = JSON.stringify({ hello: 'world', items: [1, 2, 3], at: 'bench' })

/** Gateway and six Fastify services, a thread each. */
export const startSix = (bench: Bench): Promise<Started> =>
  bench.share('ours', async (life) => stopping(life, await startOurs(bench, { services: sixServices })))

/** Bare node:http, one thread, the same bytes. */
export const startRaw = (bench: Bench): Promise<Started> =>
  bench.share('raw', async (life) => stopping(life, await startProgram(bench, 'raw', join(import.meta.dirname, '../peers/raw/json.js'))))

/** Answers a second. @throws when the answer is not the one that all sides must give */
export async function rateOf (bench: Bench, name: string, { url }: Started): Promise<number> {
  const answer = await ask(url + path)
  if (answer?.body !== expected) throw new Error(`${name} answered ${answer?.status ?? 'not at all'} ${answer?.body ?? ''}, not ${expected}`)
  return await bench.loader.rate({ url: url + path, connections, seconds: bench.loadSeconds })
}

export function rateProbe (name: string, start: (bench: Bench) => Promise<Started>, after?: (bench: Bench, figures: Figures) => Promise<void>): Probe {
  return {
    name,
    async measure (bench) {
      const figures = { perSecond: await rateOf(bench, name, await start(bench)) }
      await after?.(bench, figures)
      return figures
    }
  }
}
