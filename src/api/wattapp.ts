// The types of the WattApp resource, inferred from src/api/schema.ts: never written by hand, so they cannot drift.
import type { Given, Whole } from './field.ts'
import type { apiVersion, kind, spec } from './schema.ts'
import type { status } from './schema-status.ts'

/** metav1.ObjectMeta, as far as a custom resource's readers need it. */
export interface ObjectMeta {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

interface Resource { apiVersion: typeof apiVersion, kind: typeof kind, metadata: ObjectMeta }

/** A WattApp with every default applied, as the API server hands it out. */
export interface WattApp extends Resource { spec: WattAppSpec, status?: WattAppStatus }

/** A WattApp as a person may write it. */
export interface WattAppManifest extends Resource { spec: Given<typeof spec>, status?: WattAppStatus }

export type WattAppSpec = Whole<typeof spec>
export type Service = WattAppSpec['services'][number]
export type Variable = NonNullable<Service['env']>[number]
export type PodTemplate = NonNullable<WattAppSpec['podTemplate']>
export type Volume = NonNullable<PodTemplate['volumes']>[number]
export type WattAppStatus = Whole<typeof status>
export type Condition = NonNullable<WattAppStatus['conditions']>[number]
export type ServiceSummary = NonNullable<WattAppStatus['services']>[number]
