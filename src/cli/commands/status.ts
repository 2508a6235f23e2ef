// `wattapp status NAME`: the app as the operator sees it and, where pods can be asked, each worker's live figures.
import { setTimeout as wait } from 'node:timers/promises'
import type { AppStatus } from '../../api/app-status.ts'
import { formatBytes } from '../../api/quantity.ts'
import type { WattApp } from '../../api/wattapp.ts'
import { phase } from '../../operator/status/pods.ts'
import { withCluster, type Cluster, type ClusterOptions } from '../cluster.ts'
import { formatted, harmless, table, type Format, type Output } from '../output.ts'

export interface StatusOptions extends ClusterOptions { watch: boolean, output: Format }

const watchIntervalMs = 2000
const mebi = 2 ** 20

interface Seen { app: WattApp, pods: Array<{ name: string, phase?: string, status: AppStatus | undefined }> }

export async function runStatus (name: string, options: StatusOptions, output: Output): Promise<number> {
  return await withCluster(options, async (cluster) => {
    let last = ''
    for (;;) {
      const text = await textOf(await look(cluster, name), options.output, output)
      if (options.watch && output.isTerminal) output.print(`\u001b[2J\u001b[H${text}`)
      // Into a file or a program: only what is new.
      else if (text !== last) output.print(text)
      last = text
      if (!options.watch) return 0
      await wait(watchIntervalMs)
    }
  })
}

async function look (cluster: Cluster, name: string): Promise<Seen> {
  const [app, pods] = await Promise.all([cluster.app(name), cluster.pods(name)])
  return {
    app,
    pods: await Promise.all(pods.map(async (pod) => {
      const at = phase(pod)
      return { name: pod.metadata.name, ...(at !== undefined && { phase: at }), status: await cluster.statusOf(pod) }
    }))
  }
}

async function textOf ({ app, pods }: Seen, format: Format, output: Output): Promise<string> {
  const { metadata: { name, namespace }, status = {} } = app
  if (format !== 'text') return await formatted({ name, namespace, status, pods }, format)
  return [
    summary(app),
    conditions(app, output),
    services(app),
    workers(pods)
  ].filter((part) => part !== '').join('\n\n')
}

function summary ({ metadata, spec, status = {} }: WattApp): string {
  return table(['NAME', 'NAMESPACE', 'SERVICES', 'REPLICAS', 'REVISION', 'URL'],
    [[metadata.name, metadata.namespace ?? '', status.servicesReady ?? '', `${status.readyReplicas ?? 0}/${spec.replicas}`, status.revision ?? '', status.url ?? '']])
}

function conditions ({ status: { conditions = [] } = {} }: WattApp, { paint }: Output): string {
  if (conditions.length === 0) return 'no condition yet: is the operator running?'
  const good: Record<string, string> = { Ready: 'True', Accepted: 'True', Degraded: 'False', Progressing: 'False' }
  return conditions.map(({ type, status, reason, message }) => {
    const color = status === 'Unknown' ? 'yellow' : status === good[type] ? 'green' : type === 'Progressing' ? 'yellow' : 'red'
    return `${type.padEnd(12)} ${paint(color, status.padEnd(8))} ${reason}${message === '' ? '' : `: ${harmless(message)}`}`
  }).join('\n')
}

function services ({ status: { services = [] } = {} }: WattApp): string {
  if (services.length === 0) return ''
  return table(['SERVICE', 'READY', 'RESTARTS', 'MESSAGE'],
    services.map(({ name, ready, workers, restarts, message }) => [name, `${ready}/${workers}`, String(restarts), message]))
}

function workers (pods: Seen['pods']): string {
  const rows = pods.flatMap(({ name, phase, status }) => status === undefined
    ? [[name, '', '', harmless(phase ?? 'no answer from its admin port'), '', '', '']]
    : status.services.flatMap((service) => service.workers.map((worker) => [
      name,
      service.name,
      String(worker.id),
      worker.state,
      String(worker.restarts),
      `${Math.round(worker.eventLoopUtilization * 100)}%`,
      `${Math.round((worker.heapUsedBytes + worker.externalBytes) / mebi)}Mi of ${formatBytes(service.memoryBytes)}`
    ])))
  return rows.length === 0 ? '' : table(['POD', 'SERVICE', 'WORKER', 'STATE', 'RESTARTS', 'LOOP', 'MEMORY'], rows)
}
