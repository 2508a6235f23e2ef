// A draft → one that `wattapp validate` finds nothing wrong with: what it refuses is taken out, and told. Pure.
import { isObject } from '../../api/defaults.ts'
import { problemText, type Problem } from '../../api/problem.ts'
import type { Path } from '../../api/field.ts'
import { validate } from '../../api/validate.ts'
import { manifestOf, type Draft, type ServiceDraft } from './draft.ts'

/** Without services nothing is left to validate: the caller says so. */
export function settled (draft: Draft): Draft {
  let current = draft
  while (current.services.length > 0) {
    const [problem] = validate(manifestOf(current))
    if (problem === undefined) break
    current = without(current, problem)
  }
  return current
}

/** Takes out the smallest thing around the problem that the manifest can do without. Each call takes out something. */
function without (draft: Draft, { at, ...problem }: Problem): Draft {
  const told = (value: unknown): Draft['unsupported'] =>
    [...draft.unsupported, { path: problem.path, value, reason: problem.message, remedy: problem.remedy }]
  const [, field, index, ...inner] = at
  if (at[0] !== 'spec' || typeof field !== 'string') throw new Error(`a drafted manifest is wrong beyond repair: ${problemText({ at, ...problem })}`)
  if (field !== 'services') {
    const { [field]: given, ...spec } = draft.spec as Record<string, unknown>
    if (given === undefined || field === 'image') throw new Error(`a drafted manifest is wrong beyond repair: ${problemText({ at, ...problem })}`)
    const { [String(index)]: dropped, ...rest } = isObject(given) ? given : {}
    // Of observability, say, only logs or tracing.
    const isPart = dropped !== undefined && Object.keys(rest).length > 0
    return {
      ...draft,
      spec: { ...spec, ...(isPart && { [field]: rest }) },
      notes: draft.notes.filter((note) => note.at[0] !== field || (isPart && note.at[1] !== index)),
      unsupported: told(isPart ? dropped : given)
    }
  }
  const position = typeof index === 'number' ? index : draft.services.length - 1
  const service = draft.services[position]
  const smaller = service === undefined ? undefined : withoutPart(service, inner)
  return {
    ...draft,
    services: smaller === undefined ? draft.services.toSpliced(position, 1) : draft.services.with(position, smaller.draft),
    unsupported: told(smaller === undefined ? service?.service.name : smaller.dropped)
  }
}

/** Undefined: the service cannot do without it. */
function withoutPart ({ service, notes }: ServiceDraft, at: Path): { draft: ServiceDraft, dropped: unknown } | undefined {
  const [field, item] = at
  if (typeof field !== 'string' || field === 'name' || field === 'path') return undefined
  const { [field]: value, ...rest } = service as unknown as Record<string, unknown>
  if (value === undefined) return undefined
  if (!Array.isArray(value) || typeof item !== 'number' || value.length < 2) {
    return { draft: { service: rest as unknown as ServiceDraft['service'], notes: notes.filter((note) => note.at[0] !== field) }, dropped: value }
  }
  return {
    draft: {
      service: { ...service, [field]: value.toSpliced(item, 1) },
      notes: notes.flatMap((note) => {
        const [itsField, itsItem, ...inner] = note.at
        if (itsField !== field || typeof itsItem !== 'number' || itsItem < item) return [note]
        return itsItem === item ? [] : [{ ...note, at: [field, itsItem - 1, ...inner] }]
      })
    },
    dropped: value[item] as unknown
  }
}
