// A draft → YAML with its notes as comments, in the order of the reference.
import { Document, isMap, isNode, isPair, isScalar, isSeq, type Pair } from 'yaml'
import { service } from '../../api/schema-service.ts'
import { spec } from '../../api/schema.ts'
import { harmless } from '../output.ts'
import { manifestOf, notesOf, type Draft, type Note } from './draft.ts'
import { withoutCredentials } from './secrets.ts'

const width = 116

export function printDraft (draft: Draft): string {
  const manifest = manifestOf(draft)
  const ordered = {
    ...manifest,
    spec: { ...inOrder(manifest.spec, spec.fields), services: manifest.spec.services.map((given) => inOrder(given, service.fields)) }
  }
  // Quoted as YAML 1.1 needs it, which is what kubectl reads. JSON first: it drops what is undefined.
  const document = new Document(JSON.parse(JSON.stringify(ordered)), { version: '1.1', aliasDuplicateObjects: false })
  // The directive that comes with the version is of no use to kubectl.
  document.directives = undefined
  document.commentBefore = commentOf(draft.head)
  for (const [at, texts] of grouped(notesOf(draft))) place(document.contents, at, texts)
  return document.toString({ lineWidth: 0 })
}

function inOrder<Fields extends object> (given: Fields, fields: object): Fields {
  const known = Object.keys(fields)
  return Object.fromEntries(Object.entries(given).sort(([one], [other]) => known.indexOf(one) - known.indexOf(other))) as Fields
}

function grouped (notes: readonly Note[]): Array<[Note['at'], string[]]> {
  const groups = new Map<string, [Note['at'], string[]]>()
  for (const { at, text } of notes) {
    const key = JSON.stringify(at)
    const group = groups.get(key) ?? [at, []]
    if (!group[1].includes(text)) group[1].push(text)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/** Before the field's name, or before the item; a field that is not there has its notes with what would hold it. */
function place (root: unknown, at: Note['at'], texts: string[]): void {
  let node: unknown = root
  let target: { commentBefore?: string | null } | undefined
  for (const part of at) {
    const child: unknown = isSeq(node) && typeof part === 'number' ? node.items[part] : isMap(node) ? node.items.find((pair) => keyOf(pair) === part) : undefined
    if (child === undefined) break
    const holder = isPair(child) ? child.key : child
    // The first field of an item stands on the item's own line: its comment goes above.
    const isFirstOfItem = isMap(node) && node.items[0] === child && target !== undefined && target === node
    if (!isFirstOfItem && isNode(holder)) target = holder as { commentBefore?: string | null }
    node = isPair(child) ? child.value : child
  }
  if (target === undefined) return
  const comment = commentOf(texts)
  target.commentBefore = typeof target.commentBefore === 'string' ? `${target.commentBefore}\n${comment}` : comment
}

function keyOf (pair: Pair): unknown {
  return isScalar(pair.key) ? pair.key.value : pair.key
}

function commentOf (texts: readonly string[]): string {
  return texts.flatMap((text) => wrapped(harmless(withoutCredentials(text)))).map((line) => ` ${line}`).join('\n')
}

function wrapped (text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
