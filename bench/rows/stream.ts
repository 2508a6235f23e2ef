// 1 MiB a request, streamed through the gateway, in either direction.
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { ask } from '../process/answer.ts'
import type { Family, Probe, Side } from '../row.ts'
import { apps, startOurs } from '../sides/ours.ts'
import { startProgram } from '../sides/program.ts'
import { stopping, type Started } from '../sides/started.ts'

const bytes = 2 ** 20
const connections = 50

const ours = (bench: Bench): Promise<Started> =>
  bench.share('ours', async (life) => stopping(life, await startOurs(bench, { services: [{ name: 'streams', path: 'streams', route: '/' }] })))
const raw = (bench: Bench): Promise<Started> =>
  bench.share('raw', async (life) => stopping(life, await startProgram(bench, 'raw', join(apps, 'streams/index.js'))))

export const stream: Family = {
  name: 'stream',
  rounds: { quick: 3, full: 7 },
  rows: [
    { id: 'gateway-download', title: '1 MiB answers, streamed, 50 connections, against the same program without a gateway', unit: 'MiB/s', ours: download('ours', ours), peer: download('raw', raw), better: 'higher', bar: 0.6, aim: 0.85 },
    { id: 'gateway-upload', title: '1 MiB request bodies, streamed, likewise', unit: 'MiB/s', ours: upload('ours', ours), peer: upload('raw', raw), better: 'higher', bar: 0.6, aim: 0.85 }
  ]
}

function download (name: string, start: (bench: Bench) => Promise<Started>): Side {
  return side(name, {
    name: `${name}, download`,
    async measure (bench) {
      const { url } = await start(bench)
      const answer = await ask(url)
      if (answer?.body.length !== bytes) throw new Error(`${name} answered ${answer?.body.length ?? 'no'} bytes`)
      return { mibPerSecond: await bench.loader.rate({ url, connections, seconds: bench.loadSeconds }) }
    }
  })
}

function upload (name: string, start: (bench: Bench) => Promise<Started>): Side {
  return side(name, {
    name: `${name}, upload`,
    async measure (bench) {
      const { url } = await start(bench)
      const answer = await fetch(url, { method: 'POST', body: new Uint8Array(bytes), headers: { connection: 'close' } })
      const got = await answer.text()
      if (got !== JSON.stringify({ bytes })) throw new Error(`${name} answered ${answer.status} ${got} to ${bytes} bytes`)
      return { mibPerSecond: await bench.loader.rate({ url, connections, seconds: bench.loadSeconds, uploadBytes: bytes }) }
    }
  })
}

function side (name: string, probe: Probe): Side {
  return { name, probe, figure: 'mibPerSecond' }
}
