// What the pods say of their services, summed: status.services, and who is in a crash loop. Pure.
import type { AppStatus } from '../../api/app-status.ts'
import type { ServiceSummary } from '../../api/wattapp.ts'

export interface Report { pod: string, status: AppStatus }

export interface ServicesSummary {
  services: ServiceSummary[]
  /** `5/6`: services with a ready worker in every pod that was asked, of all. */
  servicesReady: string
  /** Sentences, one a service that is in a crash loop in at least one pod. */
  crashLoops: string[]
}

// The schema's bound on the field.
const longestMessage = 2048

/** @param names of the services in the spec, in its order; @param wanted workers of each in one pod */
export function summarise (names: ReadonlyArray<{ name: string, workers: number }>, reports: readonly Report[]): ServicesSummary {
  const services: ServiceSummary[] = []
  const crashLoops: string[] = []
  let readyServices = 0
  for (const { name, workers } of names) {
    const found = reports.flatMap(({ pod, status }) => status.services.filter((service) => service.name === name).map((service) => ({ pod, service })))
    const looping = found.flatMap(({ pod, service }) => {
      const count = service.workers.filter(({ state }) => state === 'crashLoop').length
      return count === 0 ? [] : [`${count} of ${service.workers.length} workers in a crash loop in pod ${pod}${service.message === '' ? '' : `: ${service.message}`}`]
    })
    if (looping.length > 0) crashLoops.push(`service "${name}": ${looping.join('; ')}`)
    if (found.length > 0 && found.every(({ service }) => service.ready > 0)) readyServices++
    const messages = found.filter(({ service }) => service.message !== '').map(({ pod, service }) => found.length === 1 ? service.message : `${pod}: ${service.message}`)
    services.push({
      name,
      ready: sum(found.map(({ service }) => service.ready)),
      workers: found.length === 0 ? workers : sum(found.map(({ service }) => service.desired)),
      restarts: sum(found.map(({ service }) => service.restarts)),
      message: messages.join('; ').slice(0, longestMessage)
    })
  }
  return { services, servicesReady: `${readyServices}/${names.length}`, crashLoops }
}

function sum (numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
