// The words that src/api/schema.ts is written in: one value a field, from which types, the CRD, validation and docs are made.
// They follow Kubernetes' structural schemas; what a structural schema cannot say is a rule, in CEL and in TypeScript side by side.

/** Property names and list positions from the value that a rule is attached to. */
export type Path = ReadonlyArray<string | number>

/** What broke a rule, where, relative to the value the rule is attached to. */
export interface Finding {
  at: Path
  /** Instead of the rule's own message, when the culprit can be named. */
  message?: string
}

/**
 * One rule in two languages: the API server evaluates `cel`, `validate` and the operator call `broken`. Both give the same verdict
 * (test/manifests/invalid holds them to it against a real API server); `broken` may be more exact about where.
 */
export interface Rule {
  /** CamelCase, a claim of what is wrong: the Accepted condition's reason, and with WATT_ the problem's code. */
  reason: string
  cel: string
  message: string
  remedy: string
  /** Called only for values that fit the structural schema, with defaults applied: as the API server evaluates `cel`. */
  broken: (self: never) => Finding[]
}

interface Common {
  description: string
  /** The object that holds this field must have it. */
  required?: true
  rules?: readonly Rule[]
}

export interface StringField extends Common {
  type: 'string'
  default?: string
  enum?: readonly string[]
  /** RE2 and JavaScript alike: no look-around, no back-references. */
  pattern?: string
  /** What a right value looks like, for people: the remedy when `pattern` does not match. */
  like?: string
  minLength?: number
  /** Bounds CEL's cost, so every string has one. */
  maxLength: number
  format?: 'date-time'
}

export interface IntegerField extends Common { type: 'integer', format?: 'int64', default?: number, minimum?: number, maximum?: number }

export interface BooleanField extends Common { type: 'boolean', default?: boolean }

export interface ListField extends Common {
  type: 'list'
  items: Field
  minItems?: number
  maxItems: number
  /** `x-kubernetes-list-type: map` with these keys; without it the list is atomic. */
  keys?: readonly string[]
  /** `x-kubernetes-list-type: set`. */
  unique?: true
}

export interface ObjectField extends Common {
  type: 'object'
  fields: Readonly<Record<string, Field>>
  /** `{}`: the object is made when absent, so that its fields' own defaults apply. */
  default?: Readonly<Record<string, never>>
}

/** String to string, as labels are. */
export interface MapField extends Common { type: 'map', values: StringField, maxProperties: number }

export type Field = StringField | IntegerField | BooleanField | ListField | ObjectField | MapField

/** What is said of a string that does not match its pattern; the remedy follows. */
export const notFormed = 'this text is not of the right form'

/** Keeps literal types without `as const` at every use. */
export function field<const F extends Field> (value: F): F {
  return value
}

type Flat<T> = { [K in keyof T]: T[K] }
type Sure<Fields, Defaulted> = { [K in keyof Fields]: Fields[K] extends { required: true } ? K : Defaulted extends true ? Fields[K] extends { default: unknown } ? K : never : never }[keyof Fields]

type Value<F, Defaulted> =
  F extends { enum: ReadonlyArray<infer E> } ? E :
    F extends { type: 'string' } ? string :
      F extends { type: 'integer' } ? number :
        F extends { type: 'boolean' } ? boolean :
          F extends { type: 'list', items: infer Items } ? Array<Value<Items, Defaulted>> :
            F extends { type: 'map' } ? Record<string, string> :
              F extends { type: 'object', fields: infer Fields } ? Flat<
              { [K in Sure<Fields, Defaulted>]: Value<Fields[K], Defaulted> } &
              { [K in Exclude<keyof Fields, Sure<Fields, Defaulted>>]?: Value<Fields[K], Defaulted> }
              > : never

/** The type of a value with every default applied: what the API server hands out. */
export type Whole<F> = Value<F, true>

/** The type of a value as a person may write it. */
export type Given<F> = Value<F, false>
