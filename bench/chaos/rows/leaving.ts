// The pod leaves in order; the gateway's thread is lost.
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { ask } from '../../process/answer.ts'
import { check, type Chaos, type Fault, type PeerOutcome } from '../fault.ts'
import { startLoad } from '../load/open-load.ts'
import { startPeer } from '../peer.ts'
import { holds, service, startPod, until, type Pod } from '../pod.ts'
import { openEvents, openWebSocket } from '../raw.ts'
import { failuresText, figures, told, victimAndBystander, type Figures } from './load.ts'

const shortMs = 300
const longMs = 15_000

/** As endpoints are taken out of a Service: whoever is sent on has stopped to send a moment after the pod said that it leaves. */
async function leaveUnderLoad (chaos: Chaos, url: string, signal: () => void, longFor: number): Promise<Figures> {
  await using load = startLoad(url, chaos.rate, [...victimAndBystander, { name: 'short', path: `/victim/slow/${shortMs}` }], longFor + 5_000)
  await wait(1_500)
  load.phase('during')
  signal()
  await wait(700)
  return figures(await load.stop(), 'victim', 'bystander', 'short')
}

export const sigterm: Fault = {
  id: 'sigterm',
  title: `SIGTERM, with requests of ${shortMs / 1000} s and one of ${longMs / 1000} s in flight (drainTimeout 25s)`,
  async run (chaos) {
    const services = [service('victim', { drainTimeout: '25s' }), service('bystander'), service('live')]
    await using pod = await startPod(chaos, { services, drainDelay: '1s' })
    const long = pod.get(`/victim/slow/${longMs}`, 30_000)
    const [socket, events] = await Promise.all([openWebSocket(pod.url, '/live/'), openEvents(pod.url, '/victim/events')])
    const seen = await leaveUnderLoad(chaos, pod.url, () => pod.signal('SIGTERM'), longMs)
    const [longAnswer, closed, ended] = await Promise.all([long, socket.closed, events.ended])
    await Promise.race([pod.program.exited, wait(30_000)])
    const code = pod.program.exitCode()
    return {
      ...told(seen),
      sent: seen.sent + 1,
      failed: seen.failed + (longAnswer?.status === 200 ? 0 : 1),
      checks: [
        check('no request fails', seen.failed === 0, failuresText(seen.failures)),
        check('the long one is answered', longAnswer?.status === 200 && longAnswer.body === 'slow', `${longAnswer?.status} ${longAnswer?.body}`),
        check('WebSockets get a closing frame', closed.code === 1001, closed.code ?? closed.how),
        check('event streams end', ended === 'whole', ended),
        check('the process exits with 0', code === 0, code)
      ]
    }
  },
  async peer (chaos): Promise<PeerOutcome> {
    await using peer = await startPeer(chaos)
    const long = ask(`${peer.url}/victim/slow/${longMs}`, 30_000)
    const { sent, failed, stallMs, failures } = await leaveUnderLoad(chaos, peer.url, () => process.kill(peer.pid, 'SIGTERM'), longMs)
    const answer = await long
    return { sent: sent + 1, failed: failed + (answer?.status === 200 ? 0 : 1), stallMs, notes: `${failuresText(failures)}; the long one: ${answer?.status ?? 'cut'}` }
  }
}

/** Milliseconds from the crash until a new connection is answered. */
async function crashGateway (pod: Pod): Promise<{ backMs: number, cut: string }> {
  const events = await openEvents(pod.url, '/victim/events')
  const crashedAtMs = performance.now()
  pod.signal('SIGUSR2')
  const isBack = events.ended.then(() => holds(async () => (await ask(`${pod.url}/bystander/`, 1_000))?.status === 200, 10_000, 2))
  const cut = await Promise.race([events.ended, wait(10_000, 'still open')])
  return { backMs: await isBack ? performance.now() - crashedAtMs : Infinity, cut }
}

/** Of new connections, one every few milliseconds for a second: the last that was not answered, by when it was opened. */
async function crashOneOfTwo (pod: Pod): Promise<number> {
  await until('both threads listen', async () => listeners(new URL(pod.url).port) === 2)
  const crashedAtMs = performance.now()
  pod.signal('SIGUSR2')
  let refusedMs = 0
  const asked: Array<Promise<void>> = []
  while (performance.now() - crashedAtMs < 1_000) {
    const openedMs = performance.now() - crashedAtMs
    asked.push(ask(`${pod.url}/bystander/`, 5_000).then((answer) => { if (answer?.status !== 200) refusedMs = Math.max(refusedMs, openedMs) }))
    await wait(5)
  }
  await Promise.all(asked)
  return refusedMs
}

/** Sockets that listen on that port: the threads of a gateway have one each. */
function listeners (port: string): number {
  const line = new RegExp(`:${Number(port).toString(16).padStart(4, '0')} 0+:0000 0A `, 'i')
  return ['tcp', 'tcp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').split('\n')).filter((text) => line.test(text)).length
}

/** A thread takes as long to start as the machine lets it: the quickest of some is ours. */
const crashes = 3

export const gateway: Fault = {
  id: 'gateway',
  title: 'a gateway thread crashes',
  async run (chaos) {
    const services = [service('victim'), service('bystander')]
    const nodeFlags = ['--import', new URL('../crash-gateway.ts', import.meta.url).href]
    const alone: Array<{ backMs: number, cut: string }> = []
    {
      await using one = await startPod(chaos, { services, nodeFlags })
      while (alone.length < crashes) alone.push(await crashGateway(one))
    }
    await using two = await startPod(chaos, { services, nodeFlags, gateway: { threads: 2 } })
    await using load = startLoad(two.url, Math.min(200, chaos.rate), victimAndBystander)
    await wait(1_000)
    load.phase('during')
    const refused: number[] = []
    while (refused.length < crashes) refused.push(await crashOneOfTwo(two))
    const report = await load.stop()
    const text = (times: number[]): string => `${times.map((ms) => ms.toFixed(0)).join(', ')} ms`
    return {
      ...told(figures(report, 'victim', 'bystander')),
      checks: [
        check('new connections are accepted again within 500 ms', Math.min(...alone.map(({ backMs }) => backMs)) < 500, text(alone.map(({ backMs }) => backMs))),
        check('what was in flight is cut, never ended as if it were whole', alone.every(({ cut }) => cut === 'cut'), alone.map(({ cut }) => cut).join(', ')),
        check('with two threads within 100 ms', Math.min(...refused) < 100, text(refused))
      ]
    }
  }
}
