// From its start to its memory under load: each measurement is one start of one side, alone on the machine.
import type { Bench } from '../bench.ts'
import { idleMemory, loadedMemory } from '../process/memory.ts'
import type { Family, Figures, Probe, Side } from '../row.ts'
import { ownNode } from '../sides/own-node.ts'
import { sixServices } from '../sides/manifest.ts'
import { startOurs } from '../sides/ours.ts'
import { startProcesses } from '../sides/processes.ts'
import type { Started } from '../sides/started.ts'
import { startWattpm } from '../sides/wattpm.ts'

const urlsOf = (url: string): string[] => sixServices.map(({ route = '/' }) => url + route)
const paths = urlsOf('')

const ours = probe('ours', (bench, node) => startOurs(bench, { services: sixServices }, { node }), { withLoad: true })
const wattpm = probe('wattpm', (bench, node) => startWattpm(bench, 'services', paths, node), { withLoad: true })
const processes = probe('7 processes', (bench, node) => startProcesses(bench, paths, node))
const shared = probe('ours, one thread', (bench, node) => startOurs(bench, { services: sixServices.map((service) => ({ ...service, thread: 'all' })) }, { node }))

export const life: Family = {
  name: 'life',
  rounds: { quick: 2, full: 5 },
  rows: [
    { id: 'memory-wattpm', title: 'memory (PSS) of the gateway and six Fastify services after 100 requests to each, idle, against wattpm', unit: 'MiB', ours: side(ours, 'idleMib'), peer: side(wattpm, 'idleMib'), better: 'lower', bar: 0.25, aim: 0.2 },
    { id: 'memory-processes', title: 'the same against seven Node.js processes', unit: 'MiB', ours: side(ours, 'idleMib'), peer: side(processes, 'idleMib'), better: 'lower', bar: 0.9, aim: 0.75 },
    { id: 'memory-shared', title: 'the same with all six services in one thread, against seven Node.js processes', unit: 'MiB', ours: side(shared, 'idleMib'), peer: side(processes, 'idleMib'), better: 'lower', bar: 0.55, aim: 0.45 },
    { id: 'memory-load', title: 'memory (PSS) while all six answer as fast as they can, against wattpm', unit: 'MiB', ours: side(ours, 'loadedMib'), peer: side(wattpm, 'loadedMib'), better: 'lower', bar: 0.3, aim: 0.2 },
    { id: 'boot-wattpm', title: 'from the start of the process to the first answer through the gateway, against wattpm', unit: 'ms', ours: side(ours, 'firstAnswerMs'), peer: side(wattpm, 'firstAnswerMs'), better: 'lower', bar: 0.2, aim: 0.12 }
  ]
}

function side (probe: Probe, figure: string): Side {
  return { name: probe.name, probe, figure }
}

function probe (name: string, start: (bench: Bench, node: string) => Promise<Started>, { withLoad = false } = {}): Probe {
  return {
    name,
    async measure (bench) {
      const started = await start(bench, ownNode(bench.folder))
      try {
        const { firstAnswerMs } = started
        // The first start fills the file cache; memory does not ask for it.
        if (bench.isWarming) return { firstAnswerMs }
        const urls = urlsOf(started.url)
        const figures: Figures = { firstAnswerMs, idleMib: await idleMemory(started, urls) }
        return withLoad ? { ...figures, loadedMib: await loadedMemory(bench, started, urls) } : figures
      } finally {
        await started.stop()
      }
    }
  }
}
