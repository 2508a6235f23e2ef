// The ConfigMaps that apps have their code in: read when needed, remembered by hash, forgotten when they change.
import type { Clock } from '../base/clock.ts'
import { get, type Kube } from './client/kube.ts'
import { keyOf, resources } from './client/object.ts'
import { sourceHash, type SourceFiles } from './render/source.ts'

export interface Source { hash: string, files: ReadonlySet<string> }

export interface Sources {
  /** Undefined: there is no such ConfigMap. */
  read: (namespace: string, name: string) => Promise<Source | undefined>
  /** It changed: read it anew. */
  forget: (namespace: string, name: string) => void
}

// Should a change go unheard, it is found after this time.
const rememberedMs = 5 * 60_000

export function createSources ({ kube, clock }: { kube: Kube, clock: Clock }): Sources {
  const known = new Map<string, { source: Source, sinceMs: number }>()
  return {
    async read (namespace, name) {
      const key = keyOf(namespace, name)
      const remembered = known.get(key)
      if (remembered !== undefined && clock.monotonic() - remembered.sinceMs < rememberedMs) return remembered.source
      // Before the question, so that a change that comes while it is answered is not taken for known.
      const sinceMs = clock.monotonic()
      known.delete(key)
      const object = await get(kube, resources.configMap, namespace, name)
      if (object === undefined) return undefined
      const files = object as SourceFiles
      const source = { hash: sourceHash(files), files: new Set([...Object.keys(files.data ?? {}), ...Object.keys(files.binaryData ?? {})]) }
      known.set(key, { source, sinceMs })
      return source
    },
    forget: (namespace, name) => { known.delete(keyOf(namespace, name)) }
  }
}
