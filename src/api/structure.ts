// Holds a value against its schema: types, required and unknown fields, forms, bounds, duplicates; then the rules of what is well formed.
import { isObject } from './defaults.ts'
import { notFormed, type Field, type Finding, type IntegerField, type ListField, type MapField, type ObjectField, type Path, type StringField } from './field.ts'
import { problem, type Problem } from './problem.ts'
import { nearest } from './nearest.ts'
import { choicesToCome, unsupported } from './unsupported.ts'

/** Everything that is wrong with `value`, outermost first; rules are asked only where all below is well formed. */
export function structureProblems (schema: Field, value: unknown, at: Path): Problem[] {
  const problems = shapeProblems(schema, value, at)
  return problems.length > 0 ? problems : ruleProblems(schema, value, at)
}

function shapeProblems (schema: Field, value: unknown, at: Path): Problem[] {
  switch (schema.type) {
    case 'object': return isObject(value) ? objectProblems(schema, value, at) : [wrongType(schema, value, at)]
    case 'map': return isObject(value) ? mapProblems(schema, value, at) : [wrongType(schema, value, at)]
    case 'list': return Array.isArray(value) ? listProblems(schema, value, at) : [wrongType(schema, value, at)]
    case 'string': return typeof value === 'string' ? stringProblems(schema, value, at) : [wrongType(schema, value, at)]
    case 'integer': return Number.isInteger(value) ? integerProblems(schema, Number(value), at) : [wrongType(schema, value, at)]
    case 'boolean': return typeof value === 'boolean' ? [] : [wrongType(schema, value, at)]
  }
}

function ruleProblems (schema: Field, value: unknown, at: Path): Problem[] {
  return (schema.rules ?? []).flatMap(({ reason, message, remedy, broken }) => {
    // The schema that the rule hangs on has just been found to fit.
    const findings = (broken as (self: unknown) => Finding[])(value)
    return findings.map((finding) => problem([...at, ...finding.at], reason, finding.message ?? message, remedy))
  })
}

function objectProblems (schema: ObjectField, value: Record<string, unknown>, at: Path): Problem[] {
  const missing = Object.entries(schema.fields).filter(([name, inner]) => inner.required === true && !Object.hasOwn(value, name))
    .map(([name, inner]) => problem([...at, name], 'Required', `the field is missing: ${lowerFirst(inner.description)}`, `add \`${name}\`${example(inner)}`))
  const inside = Object.entries(value).flatMap(([name, inner]) => {
    const known = Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined
    return known === undefined ? [unknownField([...at, name], name, schema)] : structureProblems(known, inner, [...at, name])
  })
  return [...inside, ...missing]
}

function unknownField (at: Path, name: string, schema: ObjectField): Problem {
  const refused = unsupported(withoutPositions(at))
  if (refused?.until === 'yet') return problem(at, 'NotSupportedYet', `\`${name}\` is not supported by this version yet`, refused.remedy)
  if (refused?.until === 'never') return problem(at, 'NotOffered', `a WattApp has no \`${name}\``, refused.remedy)
  const known = Object.keys(schema.fields)
  const meant = nearest(name, known)
  return problem(at, 'UnknownField', `unknown field \`${name}\``,
    meant === undefined ? `remove it; known here are ${known.join(', ')}` : `did you mean \`${meant}\`? Else remove it`)
}

function mapProblems (schema: MapField, value: Record<string, unknown>, at: Path): Problem[] {
  const count = Object.keys(value).length
  return [
    ...count > schema.maxProperties ? [outOfBounds(at, `${count} entries are too many`, `keep at most ${schema.maxProperties}`)] : [],
    ...Object.entries(value).flatMap(([key, inner]) => structureProblems(schema.values, inner, [...at, key]))
  ]
}

function listProblems (schema: ListField, value: readonly unknown[], at: Path): Problem[] {
  const { minItems = 0, maxItems } = schema
  return [
    ...value.length < minItems ? [outOfBounds(at, 'the list is empty', `add at least ${minItems === 1 ? 'one entry' : `${minItems} entries`}`)] : [],
    ...value.length > maxItems ? [outOfBounds(at, `${value.length} entries are too many`, `keep at most ${maxItems}`)] : [],
    ...value.flatMap((item, index) => structureProblems(schema.items, item, [...at, index])),
    ...duplicates(schema, value).map(([index, what]) => problem([...at, index], 'Duplicate', `${what} is in the list twice`, 'remove or rename one of them'))
  ]
}

function duplicates ({ keys, unique }: ListField, value: readonly unknown[]): Array<[number, string]> {
  if (keys === undefined && unique === undefined) return []
  const names = value.map((item) => keys === undefined
    ? JSON.stringify(item)
    : keys.map((key) => `${key} ${JSON.stringify(isObject(item) ? item[key] : undefined)}`).join(' with '))
  return names.flatMap((name, index) => names.indexOf(name) < index ? [[index, name]] : [])
}

function stringProblems (schema: StringField, value: string, at: Path): Problem[] {
  const { enum: choices, pattern, like, minLength = 0, maxLength } = schema
  if (choices !== undefined) return choices.includes(value) ? [] : [notAChoice(choices, value, at)]
  const length = [...value].length
  if (length > maxLength) return [outOfBounds(at, `the text has ${length} characters`, `keep it to ${maxLength}`)]
  if (length < minLength) return [outOfBounds(at, 'the text is too short', `write at least ${minLength} characters`)]
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
    return [problem(at, 'Malformed', `${notFormed}: ${quote(value)}`, `write ${like ?? 'another'}`)]
  }
  return []
}

function notAChoice (choices: readonly string[], value: string, at: Path): Problem {
  const isToCome = choicesToCome[withoutPositions(at)]?.includes(value) === true
  const known = choices.map((choice) => choice === '' ? '""' : choice).join(', ')
  return isToCome
    ? problem(at, 'NotSupportedYet', `${quote(value)} is not supported by this version yet`, `write one of ${known}, or remove the field`)
    : problem(at, 'NotAChoice', `${quote(value)} is not one of the choices`, `write one of ${known}`)
}

function integerProblems ({ minimum, maximum, format }: IntegerField, value: number, at: Path): Problem[] {
  const [least, most] = format === 'int64'
    ? [minimum ?? Number.MIN_SAFE_INTEGER, maximum ?? Number.MAX_SAFE_INTEGER]
    : [minimum ?? -(2 ** 31), maximum ?? 2 ** 31 - 1]
  if (value < least) return [outOfBounds(at, `${value} is too small`, `write ${least} or more`)]
  return value > most ? [outOfBounds(at, `${value} is too large`, `write ${most} or less`)] : []
}

function wrongType (schema: Field, value: unknown, at: Path): Problem {
  const names = { map: 'an object', list: 'a list', object: 'an object', string: 'a string', integer: 'a whole number', boolean: 'true or false' }
  return problem(at, 'WrongType', `${names[schema.type]} is expected, not ${typeName(value)}`, typeRemedy(schema, value) ?? `write ${names[schema.type]}${example(schema)}`)
}

/** For what YAML takes for something else than was meant. */
function typeRemedy (schema: Field, value: unknown): string | undefined {
  if (schema.type !== 'string') return undefined
  if (typeof value === 'boolean') return 'write the text in quotes: YAML reads y, yes and on as true, n, no and off as false'
  const isWantedAsText = schema.like === undefined || schema.like.includes('in quotes')
  return typeof value === 'number' && isWantedAsText ? `write it in quotes: "${value}"` : undefined
}

function typeName (value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? `the text ${quote(value)}` : String(value)
}

function outOfBounds (at: Path, message: string, remedy: string): Problem {
  return problem(at, 'OutOfBounds', message, remedy)
}

function example (schema: Field): string {
  return 'like' in schema && schema.like !== undefined ? `: ${schema.like}` : ''
}

/** What a person wrote, short, on one line, and harmless on a terminal. */
function quote (value: string): string {
  const text = JSON.stringify(value).replaceAll(/[\u007f-\u009f]/g, '?')
  return text.length > 80 ? `${text.slice(0, 76)}…"` : text
}

function withoutPositions (at: Path): string {
  return at.map((part) => typeof part === 'number' ? '[]' : `.${part}`).join('').slice(1)
}

function lowerFirst (text: string): string {
  return text.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase()).replace(/\.$/, '')
}
