// What people have now: one Node.js process a service, and one more as the gateway.
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { startProgram } from './program.ts'
import { apps } from './ours.ts'
import { together, type Started } from './started.ts'

/** A Fastify service a path, all started at once. */
export async function startProcesses (bench: Pick<Bench, 'children'>, paths: readonly string[], node: string): Promise<Started> {
  const starts = await Promise.allSettled(paths.map(() => startProgram(bench, 'service', join(apps, 'service/index.js'), { node })))
  const services = starts.flatMap((start) => start.status === 'fulfilled' ? [start.value] : [])
  try {
    for (const start of starts) if (start.status === 'rejected') throw start.reason
    const ports = services.map(({ url }) => new URL(url).port).join()
    const gateway = await startProgram(bench, 'gateway', join(import.meta.dirname, '../peers/processes/gateway.js'), { node, env: { PORTS: ports }, paths })
    return together(gateway, services)
  } catch (thrown) {
    await Promise.all(services.map((service) => service.stop()))
    throw thrown
  }
}
