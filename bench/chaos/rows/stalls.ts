// A worker that lives and does not work.
import { setTimeout as wait } from 'node:timers/promises'
import { ask } from '../../process/answer.ts'
import { check, type Fault } from '../fault.ts'
import { startPeer } from '../peer.ts'
import { holds, service, startPod } from '../pod.ts'
import { failuresText, figures, loadBoth, p99WithinTwice, peerUnderFault, stallUnder, told } from './load.ts'

const pair = [service('victim', { health: { blockedTimeout: '2s' } }), service('bystander')]

export const blocked: Fault = {
  id: 'blocked',
  title: 'the event loop of one service is blocked for ever',
  async run (chaos) {
    await using pod = await startPod(chaos, { services: pair })
    await using load = await loadBoth(pod.url, chaos)
    const trigger = pod.get('/victim/fault/block', 20_000)
    const isReplaced = await holds(async () => {
      const { lastExit, ready } = await pod.service('victim')
      return lastExit?.reason === 'blocked' && ready === 1
    })
    await wait(1_000)
    const report = await load.stop()
    const victim = figures(report, 'victim')
    const bystander = figures(report, 'bystander')
    const own = await trigger
    return {
      ...told(figures(report, 'victim', 'bystander')),
      checks: [
        check('none of the others fails', bystander.failed === 0, failuresText(bystander.failures)),
        p99WithinTwice('the others are unaffected: p99 within twice', report, 'bystander'),
        check('it is replaced, for that reason', isReplaced, isReplaced),
        check('within a second of its limit of 2 s a replacement takes its traffic', victim.silentMs < 3_000, `${victim.silentMs.toFixed(0)} ms without an answer`),
        check('held requests are answered', victim.failed === 0, failuresText(victim.failures)),
        check('the request that did it gets an error with a code', own !== undefined && own.status >= 502 && own.body.includes('WATT_'), `${own?.status} ${own?.body.slice(0, 120)}`)
      ]
    }
  },
  async peer (chaos) {
    await using peer = await startPeer(chaos)
    return await peerUnderFault(peer.url, chaos, () => ask(`${peer.url}/victim/fault/block`, 8_000), 8_000)
  }
}

export const stuck: Fault = {
  id: 'stuck',
  title: 'a thread stuck in a native call that cannot be interrupted',
  async run (chaos) {
    await using pod = await startPod(chaos, { services: pair })
    await using load = await loadBoth(pod.url, chaos)
    pod.get('/victim/fault/stuck', 20_000).catch(() => {})
    const moved = await holds(async () => {
      const { restarts, ready } = await pod.service('victim')
      return restarts > 0 && ready === 1
    })
    const counted = await holds(async () => /hang|abandon|given up|stuck/i.test((await pod.service('victim')).message), 15_000)
    const { message } = await pod.service('victim')
    const seen = figures(await load.stop(), 'victim', 'bystander')
    pod.get('/victim/fault/stuck', 20_000).catch(() => {})
    const hasLeft = await Promise.race([pod.program.exited.then(() => true), wait(30_000, false)])
    return {
      ...told(seen),
      checks: [
        check('traffic moves to a replacement', moved && seen.failed === 0, failuresText(seen.failures)),
        check('it is counted, and named in status', counted, message),
        check('at the second one the pod drains and exits', hasLeft, hasLeft)
      ]
    }
  }
}

export const pool: Fault = {
  id: 'pool',
  title: 'one service floods the libuv pool',
  async run (chaos) {
    await using pod = await startPod(chaos, { services: [service('victim'), service('bystander')] })
    await using load = await loadBoth(pod.url, chaos)
    pod.get('/victim/fault/pool', 60_000).catch(() => {})
    const isNamed = await holds(async () => /pool/i.test((await pod.service('victim')).message), 20_000)
    const [{ message }, bystander] = [await pod.service('victim'), await pod.service('bystander')]
    await wait(1_000)
    const report = await load.stop()
    const seen = figures(report, 'victim', 'bystander')
    return {
      ...told(seen),
      checks: [
        check('gateway and mesh answer', seen.failed === 0, failuresText(seen.failures)),
        stallUnder('nothing waits for the pool', 1_000, seen),
        check('status names who floods it, and nobody else', isNamed && bystander.message === '', message)
      ]
    }
  },
  async peer (chaos) {
    await using peer = await startPeer(chaos)
    return await peerUnderFault(peer.url, chaos, () => ask(`${peer.url}/victim/fault/pool`, 8_000), 8_000)
  }
}
