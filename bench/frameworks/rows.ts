// A family of rows a framework: the rate of its hello page on one worker and on two, and the memory, each beside its own server.
import type { Bench } from '../bench.ts'
import { ask } from '../process/answer.ts'
import { idleMemory } from '../process/memory.ts'
import type { Family, Figures, Probe, Row } from '../row.ts'
import { startOurs } from '../sides/ours.ts'
import { ownNode } from '../sides/own-node.ts'
import { stopping, type Started } from '../sides/started.ts'
import { frameworks, type Framework } from './framework.ts'
import { startOwn } from './own.ts'
import { apps, prepare, quiet } from './prepare.ts'

const connections = 50
/** A page is more code than a small answer, and takes so many times as long until all of it is compiled. */
const heatTimes = 3
/** In every hello page. */
const word = 'Hello'

type Start = (bench: Bench, framework: Framework, node?: string) => Promise<Started>

const ours = (workers: number): Start => (bench, { name, path }, node) => startOurs(bench, {
  services: [{ name, path: path === undefined ? name : `${name}/${path}`, route: '/', workers }]
}, { root: apps, env: quiet, ...(node !== undefined && { node }) })

export const families: readonly Family[] = frameworks.flatMap((framework) => [speed(framework), memory(framework)])
export const rowIds = families.flatMap(({ rows }) => rows.map(({ id }) => id)).toSorted((a, b) => kindOf(a) - kindOf(b))

/** Speeds come first in the table. */
function kindOf (id: string): number {
  return id.endsWith('-memory') ? 1 : 0
}

function speed (framework: Framework): Family {
  const { name, own, weight } = framework
  const isHeavy = weight === 'heavy'
  const [one, two, peer] = [rate(framework, 'ours', ours(1)), rate(framework, 'ours, 2 workers', ours(2)), rate(framework, own, startOwn)]
  const row = { unit: 'req/s', better: 'higher', peer: { name: own, probe: peer, figure: 'perSecond' } } as const
  const rows: Row[] = [{
    ...row,
    id: name,
    title: `hello page of ${name} on one worker, 50 connections, against ${own}`,
    ours: { name: one.name, probe: one, figure: 'perSecond' },
    bar: isHeavy ? 0.95 : 0.6,
    aim: isHeavy ? 1 : 0.8
  }]
  if (isHeavy) {
    rows.push({ ...row, id: `${name}-2`, title: `the same on two workers, against ${own}`, ours: { name: two.name, probe: two, figure: 'perSecond' }, bar: 1, aim: 1.2 })
  }
  return { name, rounds: { quick: 3, full: 7 }, rows }
}

/** Of a whole pod's process, with supervisor and gateway, that runs this one service: the bar is what those may add. */
function memory (framework: Framework): Family {
  const { name, own } = framework
  const [ourSide, peer] = [weigh(framework, 'ours', ours(1)), weigh(framework, own, startOwn)]
  return {
    name: `${name} memory`,
    rounds: { quick: 1, full: 3 },
    rows: [{
      id: `${name}-memory`,
      title: `memory after 100 requests, against ${own}`,
      unit: 'MiB PSS',
      ours: { name: ourSide.name, probe: ourSide, figure: 'mebibytes' },
      peer: { name: own, probe: peer, figure: 'mebibytes' },
      better: 'lower',
      bar: 2.5,
      aim: 1.5
    }]
  }
}

function rate (framework: Framework, name: string, start: Start): Probe {
  return {
    name,
    async measure (bench): Promise<Figures> {
      const { url } = await bench.share(name, async (life) => {
        prepare(framework, bench.tell)
        return stopping(life, await start(bench, framework))
      })
      const answer = await ask(url)
      if (answer?.body.includes(word) !== true) throw new Error(`${name} answered ${answer?.status ?? 'not at all'} ${answer?.body ?? ''}, which is no hello page`)
      return { perSecond: await bench.loader.rate({ url, connections, seconds: bench.loadSeconds * (bench.isWarming ? heatTimes : 1) }) }
    }
  }
}

/** Started anew for each figure: what load has left in a heap is not what the page needs. */
function weigh (framework: Framework, name: string, start: Start): Probe {
  return {
    name,
    async measure (bench): Promise<Figures> {
      prepare(framework, bench.tell)
      if (bench.isWarming) return {}
      const started = await start(bench, framework, ownNode(bench.folder))
      try {
        return { mebibytes: await idleMemory(started, [started.url]) }
      } finally {
        await started.stop()
      }
    }
  }
}
