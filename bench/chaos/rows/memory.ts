// A worker that fills memory. The process must live.
import { setTimeout as wait } from 'node:timers/promises'
import { ask } from '../../process/answer.ts'
import { check, type Chaos, type Check, type Fault, type Outcome } from '../fault.ts'
import { startPeer } from '../peer.ts'
import { holds, service, startPod } from '../pod.ts'
import { failuresText, figures, loadBoth, peerUnderFault, told } from './load.ts'

const limitMiB = 1024

async function fillBy (chaos: Chaos, kinds: readonly string[]): Promise<Outcome> {
  await using pod = await startPod(chaos, { services: [service('victim', { memory: '192Mi', restart: { limit: 20, backoff: { initial: '50ms', max: '200ms' } } }), service('bystander')], memoryLimit: '1Gi' })
  await using load = await loadBoth(pod.url, chaos)
  const checks: Check[] = []
  for (const kind of kinds) {
    const { restarts } = await pod.service('victim')
    let mostMiB = 0
    const watch = setInterval(() => { mostMiB = Math.max(mostMiB, pod.program.hasExited() ? 0 : pod.residentMiB()) }, 10)
    const trigger = pod.get(`/victim/fault/${kind}`, 30_000)
    const isReplaced = await holds(async () => {
      const victim = await pod.service('victim')
      return victim.restarts > restarts && victim.ready === 1 && victim.lastExit?.reason === 'memory'
    }, 30_000)
    // It is sent once more, and does the same to the next worker: the next kind must not be taken to have done that.
    await trigger
    await holds(async () => (await pod.service('victim')).ready === 1)
    await wait(500)
    clearInterval(watch)
    const lives = !pod.program.hasExited()
    const nowMiB = lives ? pod.residentMiB() : 0
    checks.push(check(`${kind}: the worker is replaced, the process lives, memory is back under the limit of ${limitMiB} MiB`, isReplaced && lives && nowMiB < limitMiB, `replaced ${isReplaced}, lives ${lives}, at most ${mostMiB.toFixed(0)} MiB, then ${nowMiB.toFixed(0)}`))
    if (!lives) break
  }
  const report = await load.stop()
  const bystander = figures(report, 'bystander')
  return { ...told(figures(report, 'victim', 'bystander')), checks: [...checks, check('the others are unaffected', bystander.failed === 0, failuresText(bystander.failures))] }
}

const peerWith = (kind: string) => async (chaos: Chaos) => {
  await using peer = await startPeer(chaos)
  const outcome = await peerUnderFault(peer.url, chaos, () => ask(`${peer.url}/victim/fault/${kind}`, 8_000), 8_000)
  return { ...outcome, notes: `${outcome.notes}; ${peer.hasExited() ? 'the process ended' : `the process holds ${peer.residentMiB().toFixed(0)} MiB`}` }
}

export const heap: Fault = {
  id: 'heap',
  title: 'a heap is filled: array push, Map, Set, object keys, strings, one huge allocation',
  run: (chaos) => fillBy(chaos, ['heap-array', 'heap-map', 'heap-set', 'heap-keys', 'heap-strings', 'heap-huge']),
  peer: peerWith('heap-map')
}

export const buffers: Fault = {
  id: 'buffers',
  title: 'Buffers are filled',
  run: (chaos) => fillBy(chaos, ['buffers']),
  peer: peerWith('buffers')
}
