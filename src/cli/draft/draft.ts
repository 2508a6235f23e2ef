// A manifest that is being guessed: services with a note at each guess, and what could not be said in it, with the reason. Pure.
import type { Path } from '../../api/field.ts'
import { apiVersion, kind } from '../../api/schema.ts'
import type { WattAppManifest } from '../../api/wattapp.ts'

export type Spec = WattAppManifest['spec']
export type ServiceSpec = Spec['services'][number]

/** A sentence that becomes a comment before the field at `at`. */
export interface Note { at: Path, text: string }

/** What the other system says, and the manifest cannot. */
export interface Unequal {
  /** Where it stands: the file when it is not the main one, then the field. */
  path: string
  value: unknown
  reason: string
  remedy: string
}

/** One service; its notes stand relative to it. */
export interface ServiceDraft { service: ServiceSpec, notes: Note[] }

export interface Draft {
  name: string
  /** Comments at the head of the file. */
  head: string[]
  /** Everything but the services. */
  spec: Omit<Spec, 'services'>
  /** Relative to the spec. */
  notes: Note[]
  services: ServiceDraft[]
  /** What is no service, and why: comments before the list of services. */
  leftOut: string[]
  unsupported: Unequal[]
}

export function manifestOf ({ name, spec, services }: Draft): WattAppManifest {
  return { apiVersion, kind, metadata: { name }, spec: { ...spec, services: services.map(({ service }) => service) } }
}

/** All notes, relative to the manifest. */
export function notesOf ({ notes, services, leftOut }: Draft): Note[] {
  return [
    ...notes.map(({ at, text }) => ({ at: ['spec', ...at], text })),
    ...leftOut.map((text) => ({ at: ['spec', 'services'], text })),
    ...services.flatMap((draft, index) => draft.notes.map(({ at, text }) => ({ at: ['spec', 'services', index, ...at], text })))
  ]
}
