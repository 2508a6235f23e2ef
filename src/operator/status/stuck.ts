// What a pod waits for that was given a node and does not get on: a Secret that is missing, a volume that does not
// attach, an image that is long in coming. The kubelet says it in events alone; in the pod's status there is only "ContainerCreating".
import type { Clock } from '../../base/clock.ts'
import { KubeError } from '../client/errors.ts'
import type { Kube } from '../client/kube.ts'
import { collectionPath, resources } from '../client/object.ts'
import type { LivePod } from '../slim.ts'
import { isStuck } from './pods.ts'

interface Event { reason?: string, note?: string, eventTime?: string | null, deprecatedLastTimestamp?: string | null, series?: { lastObservedTime?: string } | null }

// Of an app whose pods all wait these are asked about: they wait for the same.
const askedAbout = 3
const longestNote = 512

/** One sentence for each of the first pods that are stuck. */
export async function stuckPods (kube: Kube, pods: readonly LivePod[], clock: Clock): Promise<string[]> {
  const stuck = pods.filter((pod) => isStuck(pod, clock.now())).slice(0, askedAbout)
  return await Promise.all(stuck.map(async ({ metadata }) => {
    const event = lastOf(await eventsOf(kube, metadata.namespace ?? '', metadata.uid ?? ''))
    return `pod ${metadata.name}: ContainerCreating, ${event === undefined
      ? `nothing says why yet; see \`kubectl describe pod ${metadata.name}\``
      : `${event.reason ?? ''}: ${(event.note ?? '').slice(0, longestNote).replace(/[\p{Cc}]+/gu, ' ')}`}`
  }))
}

async function eventsOf (kube: Kube, namespace: string, uid: string): Promise<Event[]> {
  try {
    const query = { fieldSelector: `regarding.uid=${uid}`, limit: '100' }
    return (await kube.request('GET', collectionPath(resources.event, namespace), { query }) as { items?: Event[] }).items ?? []
  } catch (thrown) {
    // Without the right to read events the pod's own status is all that we know.
    if (thrown instanceof KubeError) return []
    throw thrown
  }
}

function lastOf (events: readonly Event[]): Event | undefined {
  const when = ({ series, deprecatedLastTimestamp, eventTime }: Event): string => series?.lastObservedTime ?? deprecatedLastTimestamp ?? eventTime ?? ''
  // That it was given a node is known, and no reason to wait.
  return events.filter(({ reason }) => reason !== 'Scheduled').toSorted((a, b) => when(a) < when(b) ? -1 : 1).at(-1)
}
