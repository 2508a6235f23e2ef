// Events on the app (events.k8s.io/v1), with stable reasons, each told once in a while however often it happens.
import { randomUUID } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import type { WattApp } from '../api/wattapp.ts'
import { create, type Kube } from './client/kube.ts'
import { resources } from './client/object.ts'
import { managedBy } from './render/metadata.ts'
import type { News } from './status/news.ts'

export type Announce = (app: WattApp, news: News) => void

export interface AnnounceOptions {
  kube: Kube
  clock: Clock
  /** Who speaks: the pod's name. */
  instance: string
  onFailed: (thrown: unknown) => void
}

// The API server keeps events for an hour; the same words within this time say nothing new.
const quietMs = 10 * 60_000
const rememberedEvents = 4096
const longestNote = 1024

/** Never waits and never fails the caller: an event is a courtesy. */
export function createAnnounce ({ kube, clock, instance, onFailed }: AnnounceOptions): Announce {
  const told = new Map<string, number>()

  return ({ apiVersion, kind, metadata }, { type, reason, action, note }) => {
    const key = JSON.stringify([metadata.uid, type, reason, note])
    const lastMs = told.get(key)
    if (lastMs !== undefined && clock.monotonic() - lastMs < quietMs) return
    told.delete(key)
    told.set(key, clock.monotonic())
    for (const oldest of told.keys()) {
      if (told.size <= rememberedEvents) break
      told.delete(oldest)
    }
    const { name, namespace = '', uid } = metadata
    create(kube, resources.event, {
      apiVersion: resources.event.apiVersion,
      kind: resources.event.kind,
      metadata: { name: `${name}.${randomUUID().slice(0, 13)}`, namespace },
      ...{
        eventTime: new Date(clock.now()).toISOString().replace('Z', '000Z'),
        type,
        reason,
        action,
        note: note.slice(0, longestNote),
        regarding: { apiVersion, kind, name, namespace, uid },
        reportingController: `wattapp.dev/${managedBy}`,
        reportingInstance: instance.slice(0, 128)
      }
    }).catch(onFailed)
  }
}
