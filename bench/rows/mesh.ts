// One service calls another in the next thread: microseconds a call one at a time, calls a second with 50 at once.
import type { Bench } from '../bench.ts'
import { ask } from '../process/answer.ts'
import type { Family, Figures, Probe, Side } from '../row.ts'
import { startOurs } from '../sides/ours.ts'
import { stopping, type Started } from '../sides/started.ts'
import { startWattpm } from '../sides/wattpm.ts'

type Client = 'request' | 'fetch'
/** How long each client is heated. */
const heatMs = 1500

interface Caller { name: string, callee: string, start: (bench: Bench) => Promise<Started> }

const ours = caller('ours', 'http://callee.internal/', (bench) => startOurs(bench, {
  services: [{ name: 'caller', path: 'caller', route: '/' }, { name: 'callee', path: 'callee' }]
}))
const wattpm = caller('wattpm', 'http://callee.plt.local/', (bench) => startWattpm(bench, 'mesh', ['/']))
/** In the thread of its caller. */
const shared = caller('ours, one thread', 'http://callee.internal/', (bench) => startOurs(bench, {
  services: [{ name: 'caller', path: 'caller', route: '/', thread: 'both' }, { name: 'callee', path: 'callee', thread: 'both' }]
}))

const request = probe(ours, 'request', 1)
const fetching = probe(ours, 'fetch', 1)

export const mesh: Family = {
  name: 'mesh',
  rounds: { quick: 3, full: 7 },
  rows: [
    { id: 'mesh-request', title: 'undici.request to another thread, one at a time, against its floor: a bare MessagePort ping-pong and the same call answered at once', unit: 'µs', ours: side(request), peer: floor(request), better: 'lower', bar: 1.6, aim: 1.15 },
    { id: 'mesh-fetch', title: 'global fetch to another thread, one at a time, against its floor likewise', unit: 'µs', ours: side(fetching), peer: floor(fetching), better: 'lower', bar: 1.7, aim: 1.2 },
    { id: 'mesh-wattpm', title: "undici.request, one at a time, against wattpm's mesh", unit: 'µs', ours: side(request), peer: side(probe(wattpm, 'request', 1)), better: 'lower', bar: 0.45, aim: 0.25 },
    { id: 'mesh-fetch-wattpm', title: "global fetch, one at a time, against wattpm's mesh", unit: 'µs', ours: side(fetching), peer: side(probe(wattpm, 'fetch', 1)), better: 'lower', bar: 0.55, aim: 0.35 },
    { id: 'mesh-50-wattpm', title: "undici.request, 50 at once, against wattpm's mesh", unit: 'calls/s', ours: rate(probe(ours, 'request', 50)), peer: rate(probe(wattpm, 'request', 50)), better: 'higher', bar: 6, aim: 12 },
    { id: 'mesh-fetch-50-wattpm', title: "global fetch, 50 at once, against wattpm's mesh", unit: 'calls/s', ours: rate(probe(ours, 'fetch', 50)), peer: rate(probe(wattpm, 'fetch', 50)), better: 'higher', bar: 1.7, aim: 3 },
    { id: 'mesh-shared', title: 'undici.request to a service of the same thread, against one of another', unit: 'µs', ours: side(probe(shared, 'request', 1)), peer: side(request), better: 'lower', bar: 0.25, aim: 0.1 }
  ]
}

/** Heated before its first figure: one call at a time would need a minute until the compiler has seen enough of them. */
function caller (name: string, callee: string, start: (bench: Bench) => Promise<Started>): Caller {
  return {
    name,
    callee,
    start: (bench) => bench.share(name, async (life) => {
      const started = await stopping(life, await start(bench))
      for (const client of ['request', 'fetch'] as const) await measure(started, { client, url: callee, at: '50', ms: `${heatMs}` })
      return started
    })
  }
}

async function measure ({ url }: Started, query: Record<string, string>): Promise<Figures> {
  const answer = await ask(`${url}/measure?${new URLSearchParams(query).toString()}`)
  if (answer?.status !== 200) throw new Error(`the caller answered ${answer?.status ?? 'not at all'}: ${answer?.body ?? ''}`)
  return JSON.parse(answer.body) as Figures
}

function side (probe: Probe): Side {
  return { name: probe.name, probe, figure: 'callUs' }
}

function rate (probe: Probe): Side {
  return { name: probe.name, probe, figure: 'callsPerSecond' }
}

function floor (probe: Probe): Side {
  return { name: 'floor', probe, figure: 'floorUs' }
}

/** The caller measures itself: load from outside would measure the way to it as well. */
function probe ({ name, callee, start }: Caller, client: Client, at: number): Probe {
  return {
    name: `${name}, ${at === 1 ? '' : `${at} × `}${client}`,
    async measure (bench) {
      const started = await start(bench)
      // The floor is measured in the caller's own thread, in short turns with the calls: three kinds instead of one.
      const withFloor = name === 'ours' && at === 1
      return await measure(started, { client, url: callee, at: `${at}`, ms: `${bench.loadSeconds * (withFloor ? 900 : 500)}`, ...(withFloor && { floor: '1' }) })
    }
  }
}
