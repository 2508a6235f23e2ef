// WebSockets through the gateway: 1,000 connections, each with one message on its way.
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { echoRate } from '../load/websocket.ts'
import type { Family, Side } from '../row.ts'
import { apps, startOurs } from '../sides/ours.ts'
import { startProgram } from '../sides/program.ts'
import { stopping, type Started } from '../sides/started.ts'

const connections = 1000

const ours = side('ours', (bench) => bench.share('ours', async (life) => stopping(life, await startOurs(bench, { services: [{ name: 'echo', path: 'echo', route: '/' }] }))))
const direct = side('direct', (bench) => bench.share('direct', async (life) => stopping(life, await startProgram(bench, 'ws', join(apps, 'echo/index.js')))))

export const websocket: Family = {
  name: 'websocket',
  rounds: { quick: 3, full: 7 },
  rows: [
    { id: 'websocket', title: 'WebSocket echo through the gateway, 1,000 connections, against a direct ws server', unit: 'msg/s', ours, peer: direct, better: 'higher', bar: 0.6, aim: 0.8 }
  ]
}

function side (name: string, start: (bench: Bench) => Promise<Started>): Side {
  return {
    name,
    figure: 'perSecond',
    probe: {
      name,
      async measure (bench) {
        const { url } = await start(bench)
        return { ...await echoRate(bench.children, { url, connections, seconds: bench.loadSeconds }) }
      }
    }
  }
}
