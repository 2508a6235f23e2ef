// YAML and JSON text → documents that know where each field stands. Reads as kubectl does, so that both see the same values.
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type Tags } from 'yaml'
import type { Path } from '../api/field.ts'
import { problem, type Problem } from '../api/problem.ts'
import { messageOf } from '../base/error.ts'

export interface Place { file: string, line: number, column: number }

export type PlacedProblem = Problem & Place

/** One document of a file. */
export interface Manifest {
  /** As it is shown to people. */
  file: string
  kind: string
  name: string
  value: Record<string, unknown>
  placed: (problem: Problem) => PlacedProblem
}

export interface Read { manifests: Manifest[], problems: PlacedProblem[] }

// kubectl reads YAML 1.1: `on` is true and 0644 is octal. It has no dates and no base 60, which that version has too.
// And `.` is a text, which the package takes for a number without digits.
function kubectlTags (tags: Tags): Tags {
  return tags.flatMap((tag): Tags => {
    if (typeof tag === 'string') return [tag]
    if (tag.tag === 'tag:yaml.org,2002:timestamp' || tag.format === 'TIME') return []
    if (tag.tag !== 'tag:yaml.org,2002:float' || 'collection' in tag || tag.collection !== undefined || tag.test?.test('.') !== true) return [tag]
    return [{ ...tag, test: /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/ }]
  })
}

/** Reasons that speak of the field's name rather than of its value. */
const aboutNames = new Set(['UnknownField', 'NotSupportedYet', 'NotOffered', 'KeyMalformed', 'LabelReserved', 'AnnotationReserved'])

/** Documents that are objects with a kind; the rest of the file is refused, or left out when `isLax` (other files of a folder). */
export function readManifests (text: string, file: string, isLax = false): Read {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { version: '1.1', customTags: kubectlTags, lineCounter: lines, prettyErrors: false })
  const read: Read = { manifests: [], problems: [] }
  for (const document of 'empty' in documents ? [] : documents) {
    const place = (offset: number): Place => {
      const { line, col } = lines.linePos(offset)
      return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
    }
    const [error] = document.errors
    const content = error === undefined ? toValue(document) : { failure: error.message, offset: error.pos[0] }
    if ('failure' in content) {
      const { failure, offset } = content
      read.problems.push({ ...problem([], 'YamlSyntax', `this is no YAML: ${failure}`, 'correct the text here; indentation is by spaces, and special characters need quotes'), ...place(offset) })
      continue
    }
    if (content.value === null || content.value === undefined) continue
    const value = objectOf(content.value)
    if (value === undefined || typeof value['kind'] !== 'string' || typeof value['apiVersion'] !== 'string') {
      if (!isLax) read.problems.push({ ...problem([], 'NoManifest', 'this document is no Kubernetes manifest', 'give it apiVersion and kind, or remove it'), ...place(document.range[0]) })
      continue
    }
    const { name } = objectOf(value['metadata']) ?? {}
    read.manifests.push({
      file,
      kind: value['kind'],
      name: typeof name === 'string' ? name : '',
      value,
      placed: (problem) => ({ ...problem, ...place(offsetOf(document, problem)) })
    })
  }
  return read
}

function toValue (document: Document.Parsed): { value: unknown } | { failure: string, offset: number } {
  try {
    return { value: document.toJS() }
  } catch (thrown) {
    // Aliases of aliases that grow without bound.
    return { failure: messageOf(thrown), offset: document.range[0] }
  }
}

/** Where the field stands in the text, or what of its path is there. */
function offsetOf (document: Document.Parsed, { at, reason }: Problem): number {
  let node: unknown = document.contents
  let offset = document.contents?.range?.[0] ?? document.range[0]
  for (const [index, part] of at.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    const isLast = index === at.length - 1
    const found = childOf(node, part)
    if (found === undefined) return offset
    node = found.value
    const place = isLast && aboutNames.has(reason) ? found.key : found.value
    // A field without a value has its place at its key.
    const range = isNode(place) && (!isScalar(place) || place.source !== '') ? place.range : isNode(found.key) ? found.key.range : undefined
    offset = range?.[0] ?? offset
  }
  return offset
}

function childOf (node: unknown, part: Path[number]): { key: unknown, value: unknown } | undefined {
  if (isSeq(node)) return typeof part === 'number' && part < node.items.length ? { key: node.items[part], value: node.items[part] } : undefined
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : key) === part)
  return pair === undefined ? undefined : { key: pair.key, value: pair.value }
}

function objectOf (value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined
}
