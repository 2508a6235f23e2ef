// docs/reference/wattapp.md: every field of the resource, its type, default, bounds and rules, from src/api/schema.ts.
import type { Field } from '../src/api/field.ts'
import { apiVersion, kind, spec } from '../src/api/schema.ts'
import { status } from '../src/api/schema-status.ts'

export function fieldsReference (): string {
  return [
    '# WattApp: every field',
    '',
    '<!-- Printed by tools/generate.ts from src/api/schema.ts. -->',
    '',
    `\`${apiVersion}\`, kind \`${kind}\`, short name \`watt\`. \`kubectl explain watt.spec --recursive\` prints the same from the cluster.`,
    'An unknown field is refused. `metadata.name` is a DNS-1035 label of at most 40 characters.',
    '',
    ...section('spec', spec),
    ...section('status', status)
  ].join('\n')
}

function section (path: string, schema: Field): string[] {
  return [
    `## ${path}`,
    '',
    '| field | type | default | what it says |',
    '| --- | --- | --- | --- |',
    ...rows(path, schema),
    '',
    ...rules(path, schema)
  ]
}

function rows (path: string, schema: Field): string[] {
  return children(path, schema).flatMap(([inner, field]) => [
    `| \`${inner}\`${field.required === true ? ' (required)' : ''} | ${type(field)} | ${defaultOf(field)} | ${escape(field.description)} |`,
    ...rows(inner, field)
  ])
}

function rules (path: string, schema: Field): string[] {
  const lines = everyRule(path, schema)
  return lines.length === 0 ? [] : [`### Rules of ${path}`, '', '| at | refused when | remedy |', '| --- | --- | --- |', ...lines, '']
}

function everyRule (path: string, schema: Field): string[] {
  return [
    ...(schema.rules ?? []).map(({ message, remedy }) => `| \`${path}\` | ${escape(message)} | ${escape(remedy)} |`),
    ...children(path, schema).flatMap(([inner, field]) => everyRule(inner, field))
  ]
}

/** Fields below, through lists; a list of plain values and a map end there. */
function children (path: string, schema: Field): Array<[string, Field]> {
  if (schema.type === 'object') return Object.entries(schema.fields).map(([name, field]) => [`${path}.${name}`, field])
  if (schema.type === 'list') return children(`${path}[]`, schema.items)
  return []
}

function type (schema: Field): string {
  switch (schema.type) {
    case 'string': return schema.enum === undefined ? 'string' : schema.enum.map((choice) => `\`${choice === '' ? '""' : choice}\``).join(', ')
    case 'integer': return `integer${bounds(schema.minimum, schema.maximum)}`
    case 'list': return `list of ${schema.items.type === 'object' ? 'objects' : `${schema.items.type}s`}${bounds(schema.minItems, schema.maxItems)}${schema.keys === undefined ? '' : `, one a ${schema.keys.join(' + ')}`}`
    case 'map': return `string to string, at most ${schema.maxProperties}`
    default: return schema.type
  }
}

function bounds (least: number | undefined, most: number | undefined): string {
  if (most === undefined) return least === undefined ? '' : `, ${least} or more`
  return least === undefined ? `, at most ${most}` : `, ${least} to ${most}`
}

function defaultOf (schema: Field): string {
  return 'default' in schema && typeof schema.default !== 'object' ? `\`${String(schema.default)}\`` : ''
}

function escape (text: string): string {
  return text.replaceAll('|', '\\|')
}
