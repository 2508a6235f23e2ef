// The slowest hundredth at half of our own top rate: the same open load at both sides.
import type { Bench } from '../bench.ts'
import { pacedLatencies } from '../load/paced.ts'
import type { Figures, Row, Side } from '../row.ts'
import type { Started } from '../sides/started.ts'
import { connections, path, rateOf, startRaw, startSix } from './json.ts'

/** Requests a second. Measured after a load that only warms. */
const halfTopRate = (bench: Bench): Promise<number> => bench.share('half of the top rate', async () => {
  const ours = await startSix(bench)
  await rateOf(bench, 'ours', ours)
  return Math.floor(await rateOf(bench, 'ours', ours) / 2)
})

export const p99: Row = {
  id: 'gateway-p99',
  title: '99th percentile of the latency of small JSON through the gateway, at half of our own top rate, against raw at that rate',
  unit: 'ms',
  ours: side('ours', startSix),
  peer: side('raw', startRaw),
  better: 'lower',
  bar: 4,
  aim: 2
}

function side (name: string, start: (bench: Bench) => Promise<Started>): Side {
  async function measure (bench: Bench): Promise<Figures> {
    const rate = await halfTopRate(bench)
    const { url } = await start(bench)
    return { rate, ...await pacedLatencies(bench.children, { url: url + path, rate, connections, seconds: bench.loadSeconds }) }
  }
  return { name, probe: { name: `${name}, paced`, measure }, figure: 'p99' }
}
