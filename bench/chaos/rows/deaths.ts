// A worker that dies.
import { setTimeout as wait } from 'node:timers/promises'
import { ask } from '../../process/answer.ts'
import { check, type Chaos, type Fault, type Outcome } from '../fault.ts'
import { startPeer } from '../peer.ts'
import { holds, service, startPod, type Pod } from '../pod.ts'
import { failuresText, figures, loadBoth, peerUnderFault, stallUnder, told } from './load.ts'

const pair = [service('victim'), service('bystander')]

async function killOne (chaos: Chaos, pod: Pod, kind: 'crash' | 'exit', reason: string): Promise<Outcome> {
  await using load = await loadBoth(pod.url, chaos)
  const { restarts } = await pod.service('victim')
  const trigger = await pod.get(`/victim/fault/${kind}`)
  const isBack = await holds(async () => {
    const victim = await pod.service('victim')
    return victim.restarts > restarts && victim.ready === victim.desired
  })
  await wait(chaos.isQuick ? 1_000 : 3_000)
  const seen = figures(await load.stop(), 'victim', 'bystander')
  const { lastExit } = await pod.service('victim')
  return {
    ...told(seen),
    checks: [
      check('no idempotent request fails', seen.failed === 0, failuresText(seen.failures)),
      stallUnder('the longest stall is under 1 s', 1_000, seen),
      check('only the request that did it gets 502 or 503', trigger?.status === 502 || trigger?.status === 503, trigger?.status),
      check('a new worker is there', isBack, isBack),
      check('its end is told', lastExit?.reason === reason, lastExit?.reason)
    ]
  }
}

const peerWith = (kind: 'crash' | 'exit') => async (chaos: Chaos) => {
  await using peer = await startPeer(chaos)
  return await peerUnderFault(peer.url, chaos, () => ask(`${peer.url}/victim/fault/${kind}`), 5_000)
}

export const crash: Fault = {
  id: 'crash',
  title: "an uncaught error in a service's only worker",
  async run (chaos) {
    await using pod = await startPod(chaos, { services: pair })
    return await killOne(chaos, pod, 'crash', 'error')
  },
  peer: peerWith('crash')
}

export const exit: Fault = {
  id: 'exit',
  title: "process.exit(1) in a service's only worker",
  async run (chaos) {
    await using pod = await startPod(chaos, { services: pair })
    return await killOne(chaos, pod, 'exit', 'exit')
  },
  peer: peerWith('exit')
}

export const oneOfTwo: Fault = {
  id: 'one-of-two',
  title: 'one of two workers dies',
  async run (chaos) {
    await using pod = await startPod(chaos, { services: [service('victim', { workers: { min: 2 } }), service('bystander')] })
    return await killOne(chaos, pod, 'crash', 'error')
  }
}

export const crashLoop: Fault = {
  id: 'crash-loop',
  title: 'a service dies at every start, for good',
  async run (chaos) {
    const looper = service('looper', { required: false, restart: { backoff: { initial: '20ms', max: '2s' }, limit: 3, window: '30s' } })
    await using pod = await startPod(chaos, { services: [...pair, looper] })
    await using load = await loadBoth(pod.url, chaos)
    const isLooping = await holds(async () => (await pod.service('looper')).workers.some(({ state }) => state === 'crashLoop'))
    let tookMs = Infinity
    let answer: Response | undefined
    // The quickest of some: one that is held waits for seconds, whatever the machine does.
    for (let asked = 0; asked < 5; asked++) {
      const askedAtMs = performance.now()
      answer = await fetch(`${pod.url}/looper/`)
      tookMs = Math.min(tookMs, performance.now() - askedAtMs)
    }
    await wait(chaos.isQuick ? 1_500 : 4_000)
    const [ready, live] = await Promise.all(['/readyz', '/livez'].map((path) => ask(pod.admin + path)))
    const { message } = await pod.service('looper')
    const seen = figures(await load.stop(), 'victim', 'bystander')
    return {
      ...told(seen),
      checks: [
        check('the others are unaffected', seen.failed === 0, failuresText(seen.failures)),
        check('the pod stays ready and alive', ready?.status === 200 && live?.status === 200, `${ready?.status}, ${live?.status}`),
        check('its own callers get 503 with Retry-After', answer?.status === 503 && answer.headers.has('retry-after'), `${answer?.status}, Retry-After ${answer?.headers.get('retry-after')}`),
        check('at once', tookMs < 250, `${tookMs.toFixed(0)} ms`),
        check('status says so', isLooping && message !== '', message)
      ]
    }
  },
  async peer (chaos) {
    await using peer = await startPeer(chaos, 'looping')
    const { sent, failed, stallMs, notes } = await peerUnderFault(peer.url, chaos, async () => {}, 4_000)
    const [ready, live] = await Promise.all(['/ready', '/status'].map((path) => ask(peer.metrics + path, 5_000)))
    return { sent, failed, stallMs, notes: `${notes}; ready ${ready?.status}, alive ${live?.status}` }
  }
}
