// One small JSON answer of a Fastify service through the gateway, 50 connections.
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { ask } from '../process/answer.ts'
import type { Family, Probe } from '../row.ts'
import { sixServices } from '../sides/manifest.ts'
import { startNginx } from '../sides/nginx.ts'
import { apps, startOurs } from '../sides/ours.ts'
import { startProgram } from '../sides/program.ts'
import { stopping, type Started } from '../sides/started.ts'
import { startWattpm } from '../sides/wattpm.ts'

const connections = 50
const path = '/s1'
const expected = JSON.stringify({ hello: 'world', items: [1, 2, 3], at: 'bench' })

const ours = probe('ours', (bench) => bench.share('ours', async (life) => stopping(life, await startOurs(bench, { services: sixServices }))))
const raw = probe('raw', (bench) => bench.share('raw', async (life) => stopping(life, await startProgram(bench, 'raw', join(import.meta.dirname, '../peers/raw/json.js')))))
const wattpm = probe('wattpm', (bench) => bench.share('wattpm', async (life) => stopping(life, await startWattpm(bench, 'services', [path]))))
const nginx = probe('nginx', (bench) => bench.share('nginx', async (life) => {
  const service = stopping(life, await startProgram(bench, 'service', join(apps, 'service/index.js')))
  return stopping(life, await startNginx(bench, { [path]: Number(new URL(service.url).port) }))
}))

export const gateway: Family = {
  name: 'gateway',
  rounds: { quick: 3, full: 5 },
  rows: [
    { id: 'gateway-raw', title: 'gateway → Fastify service in a thread, small JSON, 50 connections, against bare node:http in one thread', unit: 'req/s', ours: side('ours', ours), peer: side('raw', raw), better: 'higher', bar: 0.55, aim: 0.72 },
    { id: 'gateway-wattpm', title: "the same against wattpm's gateway", unit: 'req/s', ours: side('ours', ours), peer: side('wattpm', wattpm), better: 'higher', bar: 5, aim: 9 },
    { id: 'gateway-nginx', title: 'the same against nginx in front of one process', unit: 'req/s', ours: side('ours', ours), peer: side('nginx', nginx), better: 'higher', bar: 1, aim: 1.3 }
  ]
}

function side (name: string, probe: Probe): Family['rows'][number]['ours'] {
  return { name, probe, figure: 'perSecond' }
}

function probe (name: string, start: (bench: Bench) => Promise<Started>): Probe {
  return {
    name,
    async measure (bench) {
      const url = (await start(bench)).url + path
      const answer = await ask(url)
      if (answer?.body !== expected) throw new Error(`${name} answered ${answer?.status} ${answer?.body}, not ${expected}`)
      return { perSecond: await bench.loader.rate({ url, connections, seconds: bench.loadSeconds }) }
    }
  }
}
