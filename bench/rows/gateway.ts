// Small JSON through the gateway, beside what else could stand in front of a service.
import { join } from 'node:path'
import type { Family, Probe, Side } from '../row.ts'
import { startNginx } from '../sides/nginx.ts'
import { apps } from '../sides/ours.ts'
import { startProgram } from '../sides/program.ts'
import { stopping } from '../sides/started.ts'
import { startWattpm } from '../sides/wattpm.ts'
import { path, rateProbe, startRaw, startSix } from './json.ts'
import { startLogged } from './logged.ts'
import { p99 } from './p99.ts'

const ours = rateProbe('ours', startSix)
const raw = rateProbe('raw', startRaw)
const wattpm = rateProbe('wattpm', (bench) => bench.share('wattpm', async (life) => stopping(life, await startWattpm(bench, 'services', [path]))))
const nginx = rateProbe('nginx', (bench) => bench.share('nginx', async (life) => {
  const service = await stopping(life, await startProgram(bench, 'service', join(apps, 'service/index.js')))
  return stopping(life, await startNginx(bench, { [path]: Number(new URL(service.url).port) }))
}))
const logged: Probe = {
  name: 'ours, logged',
  async measure (bench) { return await (await startLogged(bench)).measure() }
}

export const gateway: Family = {
  name: 'gateway',
  rounds: { quick: 3, full: 7 },
  rows: [
    { id: 'gateway-raw', title: 'gateway → Fastify service in a thread, small JSON, 50 connections, against bare node:http in one thread', unit: 'req/s', ours: side(ours), peer: side(raw), better: 'higher', bar: 0.55, aim: 0.72 },
    { id: 'gateway-wattpm', title: "the same against wattpm's gateway", unit: 'req/s', ours: side(ours), peer: side(wattpm), better: 'higher', bar: 5, aim: 9 },
    { id: 'gateway-nginx', title: 'the same against nginx in front of one process', unit: 'req/s', ours: side(ours), peer: side(nginx), better: 'higher', bar: 1, aim: 1.3 },
    { id: 'gateway-logs', title: 'the same with access logs, and traces at 1 %, against raw', unit: 'req/s', ours: side(logged), peer: side(raw), better: 'higher', bar: 0.45, aim: 0.6 },
    p99
  ]
}

function side (probe: Probe): Side {
  return { name: probe.name, probe, figure: 'perSecond' }
}
