// What idle services cost a busy one.
import type { Bench } from '../bench.ts'
import type { Family, Side } from '../row.ts'
import { startOurs } from '../sides/ours.ts'
import { stopping, type Started } from '../sides/started.ts'
import { path, rateProbe } from './json.ts'

const few = 2
const many = 24

export const growth: Family = {
  name: 'growth',
  rounds: { quick: 3, full: 7 },
  rows: [
    { id: 'growth', title: `throughput of one service beside ${many} idle ones, against beside ${few}`, unit: 'req/s', ours: side(many), peer: side(few), better: 'higher', bar: 0.95, aim: 1 }
  ]
}

function side (idle: number): Side {
  return { name: `${idle} idle`, probe: rateProbe(`beside ${idle} idle services`, (bench) => start(bench, idle)), figure: 'perSecond' }
}

function start (bench: Bench, idle: number): Promise<Started> {
  // With a route each: what answers once has started, and starts no more while the busy one is measured.
  const services = Array.from({ length: idle }, (_, index) => ({ name: `idle${index + 1}`, path: 'service', route: `/idle${index + 1}` }))
  return bench.share(`${idle} idle`, async (life) => stopping(life, await startOurs(bench, { services: [{ name: 's1', path: 'service', route: path }, ...services] })))
}
