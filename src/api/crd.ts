// The schema as a CustomResourceDefinition. tools/generate.ts prints it to crds/, and a test fails when they differ.
import { matches } from './cel.ts'
import { notFormed, type Field, type Rule, type StringField } from './field.ts'
import { group, kind, version, wattApp } from './schema.ts'

/** apiextensions.k8s.io/v1. Equal schemas give deeply equal objects. */
export function customResourceDefinition () {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `wattapps.${group}`, labels: { 'app.kubernetes.io/part-of': 'wattapp' } },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural: 'wattapps', singular: 'wattapp', shortNames: ['watt'], categories: ['all'] },
      versions: [{
        name: version,
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' }
        },
        additionalPrinterColumns: [
          column('Ready', 'string', '.status.conditions[?(@.type=="Ready")].status', 'Whether the app serves'),
          column('Services', 'string', '.status.servicesReady', 'Services with a ready worker, of all'),
          column('Replicas', 'integer', '.status.readyReplicas', 'Ready pods'),
          column('Revision', 'string', '.status.revision', 'Rendered pod template in force'),
          column('URL', 'string', '.status.url', 'Address inside the cluster'),
          column('Age', 'date', '.metadata.creationTimestamp', 'Since the app was made')
        ],
        schema: {
          openAPIV3Schema: {
            ...toJsonSchema(wattApp),
            properties: {
              apiVersion: { type: 'string', description: `${group}/${version}` },
              kind: { type: 'string', description: kind },
              metadata: { type: 'object' },
              ...Object.fromEntries(Object.entries(wattApp.fields).map(([name, inner]) => [name, toJsonSchema(inner)]))
            }
          }
        }
      }]
    }
  }
}

function column (name: string, type: string, jsonPath: string, description: string) {
  return { name, type, jsonPath, description }
}

/** OpenAPI v3, within the bounds of structural schemas. Keys come in a fixed order. */
export function toJsonSchema (schema: Field): Record<string, unknown> {
  return {
    description: schema.description,
    type: { map: 'object', list: 'array', object: 'object', string: 'string', integer: 'integer', boolean: 'boolean' }[schema.type],
    ...toShape(schema),
    ...('default' in schema && { default: schema.default }),
    ...validations(schema)
  }
}

// A rule's cost grows with the string: a longer one keeps a plain pattern, whose message the API server words.
const longestForRule = 512

function hasFormRule (schema: Field): schema is StringField & { pattern: string, like: string } {
  return schema.type === 'string' && schema.pattern !== undefined && schema.like !== undefined && schema.maxLength <= longestForRule
}

function validations (schema: Field): { 'x-kubernetes-validations'?: Validation[] } {
  const rules = (schema.rules ?? []).map(toValidation)
  if (!hasFormRule(schema)) return rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }
  const isFormed = matches('self', schema.pattern)
  return {
    'x-kubernetes-validations': [
      { rule: isFormed, message: `${notFormed}: write ${schema.like}` },
      // Rules may parse the string, which of a malformed one is an error of its own.
      ...rules.map(({ rule, message }) => ({ rule: `!${isFormed} || (${rule})`, message }))
    ]
  }
}

function toShape (schema: Field): Record<string, unknown> {
  switch (schema.type) {
    case 'string': {
      const { enum: choices, pattern, minLength, maxLength, format } = schema
      // A closed set bounds itself.
      return { ...(choices === undefined ? { minLength, maxLength } : { enum: choices }), ...(!hasFormRule(schema) && { pattern }), format }
    }
    case 'integer': return { format: schema.format ?? 'int32', minimum: schema.minimum, maximum: schema.maximum }
    case 'boolean': return {}
    case 'list': return {
      minItems: schema.minItems,
      maxItems: schema.maxItems,
      ...(schema.keys !== undefined && { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': schema.keys }),
      ...(schema.unique === true && { 'x-kubernetes-list-type': 'set' }),
      ...(schema.keys === undefined && schema.unique === undefined && { 'x-kubernetes-list-type': 'atomic' }),
      items: toJsonSchema(schema.items)
    }
    case 'map': return { maxProperties: schema.maxProperties, additionalProperties: toJsonSchema(schema.values) }
    case 'object': {
      const required = Object.entries(schema.fields).filter(([, inner]) => inner.required === true).map(([name]) => name)
      return {
        ...(required.length > 0 && { required }),
        properties: Object.fromEntries(Object.entries(schema.fields).map(([name, inner]) => [name, toJsonSchema(inner)]))
      }
    }
  }
}

interface Validation { rule: string, message: string }

function toValidation ({ cel, message, remedy }: Rule): Validation {
  return { rule: cel, message: `${message}: ${remedy}` }
}
