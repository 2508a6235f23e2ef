// `wattapp logs NAME`: the pods' log lines, of one service if asked; for people on a terminal, as they are elsewhere.
import { setTimeout as wait } from 'node:timers/promises'
import type { LogLevel } from '../../api/app-config.ts'
import { messageOf } from '../../base/error.ts'
import { lines } from '../../operator/client/lines.ts'
import type { LivePod } from '../../operator/slim.ts'
import { prettyFormat } from '../../telemetry/logs/pretty.ts'
import { isLoud, type LogRecord } from '../../telemetry/logs/record.ts'
import { withCluster, type Cluster, type ClusterOptions } from '../cluster.ts'
import { errors } from '../errors.ts'
import { harmless, type Output } from '../output.ts'

export interface LogsOptions extends ClusterOptions { service?: string, level?: LogLevel, follow: boolean, tail?: string, since?: string }

/** How often a followed app is asked for pods that came since. */
const newPodsMs = 2000

export async function runLogs (name: string, options: LogsOptions, output: Output): Promise<number> {
  return await withCluster(options, async (cluster) => {
    const { spec: { services } } = await cluster.app(name)
    const names = services.map((service) => service.name)
    if (options.service !== undefined && ![...names, 'gateway', 'supervisor'].includes(options.service)) throw errors.WATT_SERVICE_NOT_IN_APP(options.service, name, names.join(', '))
    const pods = await cluster.pods(name)
    if (pods.length === 0 && !options.follow) throw errors.WATT_APP_WITHOUT_PODS(name, cluster.namespace)
    const show = shower(options, output)
    if (!options.follow) {
      const results = await Promise.all(pods.map((pod) => read(cluster, pod, options, show, output)))
      return results.includes(false) ? 1 : 0
    }
    await follow(cluster, name, options, show, output)
    return 0
  })
}

/** Until a signal ends the process. A pod that comes later is read from its beginning. */
async function follow (cluster: Cluster, name: string, options: LogsOptions, show: (line: string) => void, output: Output): Promise<never> {
  const followed = new Set<string>()
  for (let isFirst = true; ; isFirst = false) {
    for (const pod of await cluster.pods(name)) {
      const key = pod.metadata.uid ?? pod.metadata.name
      if (followed.has(key) || pod.status.containerStatuses === undefined) continue
      followed.add(key)
      const { tail: _, since: __, ...fromStart } = options
      // A log that ends (its container restarted) is taken up again by the next look.
      read(cluster, pod, isFirst ? options : fromStart, show, output).finally(() => followed.delete(key)).catch(() => {})
    }
    await wait(newPodsMs)
  }
}

/** False: the log could not be had, which was told. */
async function read (cluster: Cluster, pod: LivePod, { follow, tail, since }: LogsOptions, show: (line: string) => void, output: Output): Promise<boolean> {
  try {
    const query = { follow, ...(tail !== undefined && { tailLines: tail }), ...(since !== undefined && { sinceSeconds: since }) }
    for await (const line of lines(await cluster.log(pod, query, new AbortController().signal))) show(line)
    return true
  } catch (thrown) {
    output.tell(`pod ${pod.metadata.name}: ${harmless(messageOf(thrown))}`)
    return false
  }
}

function shower ({ service, level }: LogsOptions, output: Output): (line: string) => void {
  const hasColor = output.paint('red', '') !== ''
  const format = prettyFormat({ hasColor, offsetMs: -new Date().getTimezoneOffset() * 60_000 })
  return (line) => {
    const record = recordOf(line)
    if (record === undefined) {
      // Node's own last words are no JSON and belong to no service.
      if (service === undefined) output.print(output.isTerminal ? harmless(line) : line)
      return
    }
    if (service !== undefined && record.service !== service) return
    if (level !== undefined && !isLoud(record.level, level)) return
    output.print(output.isTerminal ? format(record).trimEnd() : line)
  }
}

/** A line that the supervisor wrote, with its time as a number again. */
export function recordOf (line: string): LogRecord | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const record = JSON.parse(line) as LogRecord & { time: string }
    const time = Date.parse(record.time)
    return Number.isNaN(time) || typeof record.msg !== 'string' || typeof record.level !== 'string' ? undefined : { ...record, time }
  } catch {
    return undefined
  }
}
