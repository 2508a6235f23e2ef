// A manifest → everything that is wrong with it, from the same schema as the CRD, so that a laptop and a cluster give one verdict.
import { checks } from './checks.ts'
import { applyDefaults, isObject } from './defaults.ts'
import { field } from './field.ts'
import { problem, type Problem } from './problem.ts'
import { apiVersion, kind, wattApp } from './schema.ts'
import { structureProblems } from './structure.ts'
import type { WattApp } from './wattapp.ts'

const labels = field({ type: 'map', maxProperties: 10_000, description: 'As in metav1.ObjectMeta.', values: { type: 'string', maxLength: 262_144, description: '' } })

// Fields of metav1.ObjectMeta that a person writes. The rest comes with what was read from a cluster, and is left to it.
const metadata = field({
  type: 'object',
  required: true,
  description: 'As in metav1.ObjectMeta.',
  fields: {
    name: { type: 'string', required: true, maxLength: 253, description: 'Name of the app.' },
    namespace: { type: 'string', maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', like: 'a namespace such as default', description: 'Namespace of the app.' },
    labels,
    annotations: labels
  }
})
const writtenByServer = ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields', 'ownerReferences', 'finalizers', 'generateName', 'selfLink']

const manifestSchema = field({
  ...wattApp,
  fields: {
    apiVersion: { type: 'string', required: true, enum: [apiVersion], maxLength: 64, description: apiVersion },
    kind: { type: 'string', required: true, enum: [kind], maxLength: 16, description: kind },
    metadata,
    ...wattApp.fields
  }
})

/**
 * Every problem, in the order of the file's structure; empty when the operator would accept the app.
 * Never throws, whatever `manifest` is.
 */
export function validate (manifest: unknown): Problem[] {
  if (!isObject(manifest)) return [problem([], 'WrongType', 'a manifest is an object', `write \`apiVersion: ${apiVersion}\`, \`kind: ${kind}\`, metadata and spec`)]
  const app = applyDefaults(manifestSchema, { ...manifest, metadata: written(manifest.metadata) })
  const problems = structureProblems(manifestSchema, app, [])
  if (problems.length > 0) return problems
  // No problem means that it fits the schema which the type is inferred from.
  return checks.flatMap((check) => check(app as WattApp) ?? [])
}

function written (meta: unknown): unknown {
  return isObject(meta) ? Object.fromEntries(Object.entries(meta).filter(([name]) => !writtenByServer.includes(name))) : meta
}
