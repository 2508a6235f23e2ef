// The peer under the same faults: wattpm with the same services' code behind its gateway.
import { existsSync, readFileSync } from 'node:fs'
import { startWattpm } from '../sides/wattpm.ts'
import type { Chaos } from './fault.ts'

export interface Peer extends AsyncDisposable {
  url: string
  /** Where its metrics and its probes are. */
  metrics: string
  pid: number
  hasExited: () => boolean
  /** MiB */
  residentMiB: () => number
}

/** @param app `pair`: victim and bystander; `looping`: beside them a service that dies at every start */
export async function startPeer (chaos: Chaos, app: 'pair' | 'looping' = 'pair'): Promise<Peer> {
  const { url, metricsUrl, pids: [pid = 0], stop } = await startWattpm(chaos, app === 'pair' ? 'chaos' : 'chaos-looping', ['/victim/', '/bystander/'])
  return {
    url,
    metrics: metricsUrl,
    pid,
    hasExited: () => !existsSync(`/proc/${pid}`),
    residentMiB () {
      const file = `/proc/${pid}/statm`
      return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[1] ?? 0) * 4096 / 2 ** 20 : 0
    },
    [Symbol.asyncDispose]: stop
  }
}
