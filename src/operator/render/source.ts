// The code of a `source.configMap`, as one hash: running pods are told of new code by it.
import { canonicalJson, shortHash } from './revision.ts'

export interface SourceFiles { data?: Record<string, string>, binaryData?: Record<string, string> }

/** `sourceHash` of the render context. */
export function sourceHash ({ data = {}, binaryData = {} }: SourceFiles): string {
  return shortHash(canonicalJson({ data, binaryData }))
}
