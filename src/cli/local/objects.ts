// ConfigMaps and Secrets of the input, as the files that a pod would see.
import type { Manifest } from '../manifest.ts'

export type ObjectKind = 'ConfigMap' | 'Secret'

/** Key → bytes. */
export type Files = ReadonlyMap<string, Uint8Array>

export interface LocalObjects {
  /** Undefined: not in the input. */
  find: (kind: ObjectKind, name: string) => Files | undefined
}

export function localObjects (manifests: readonly Manifest[]): LocalObjects {
  return {
    find (kind, name) {
      // The last one wins, as it would on a cluster that applies them in order.
      const manifest = manifests.findLast((candidate) => candidate.kind === kind && candidate.name === name)
      return manifest === undefined ? undefined : filesOf(kind, manifest.value)
    }
  }
}

function filesOf (kind: ObjectKind, { data, binaryData, stringData }: Record<string, unknown>): Files {
  const plain = (value: string) => new Uint8Array(Buffer.from(value))
  const encoded = (value: string) => new Uint8Array(Buffer.from(value, 'base64'))
  return new Map(kind === 'ConfigMap'
    ? [...entries(data, plain), ...entries(binaryData, encoded)]
    : [...entries(data, encoded), ...entries(stringData, plain)])
}

function entries (values: unknown, decode: (value: string) => Uint8Array): Array<[string, Uint8Array]> {
  if (typeof values !== 'object' || values === null) return []
  return Object.entries(values).map(([key, value]) => [key, decode(String(value))])
}
