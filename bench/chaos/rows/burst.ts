// Ten thousand mesh calls to one service at once.
import { check, type Fault } from '../fault.ts'
import { service, startPod } from '../pod.ts'
import { failuresText, figures, loadBoth, p99Of, stallUnder, told } from './load.ts'

const calls = 10_000

export const burst: Fault = {
  id: 'burst',
  title: `a burst of ${calls} mesh calls to one service`,
  async run (chaos) {
    await using pod = await startPod(chaos, { services: [service('caller', { path: 'victim', memory: '384Mi' }), service('victim'), service('bystander')] })
    await using load = await loadBoth(pod.url, { rate: Math.min(400, chaos.rate) })
    await pod.get('/victim/state/reset')
    const answer = await pod.get(`/caller/burst/${calls}?to=victim`, 60_000)
    const { longestLagMs, longestClockLagMs } = JSON.parse((await pod.get('/victim/state'))?.body ?? '{}') as { longestLagMs: number, longestClockLagMs: number }
    const report = await load.stop()
    const seen = figures(report, 'victim', 'bystander')
    return {
      ...told(seen),
      sent: seen.sent + calls,
      checks: [
        check('every call is answered', answer?.body === String(calls), `${answer?.status} ${answer?.body}`),
        check('its timers stay within 50 ms', longestLagMs <= 50, `${longestLagMs.toFixed(1)} ms; ${longestClockLagMs.toFixed(1)} ms by the clock, with the time in which the machine gave the thread no core`),
        check('other callers are served meanwhile', seen.failed === 0, `${failuresText(seen.failures)}; p99 ${p99Of(report, 'before', 'victim')} → ${p99Of(report, 'during', 'victim')} ms`),
        stallUnder('none of them waits for a second', 1_000, seen)
      ]
    }
  }
}
