// What a service's module exports, and so what is to be done with it: two ordered lists of named checks. Pure.
// Frameworks are known by the shape of their instances, never by `instanceof`: a service brings its own copy of the package.
import type { RuntimeName } from '../api/app-config.ts'

/** factory: call it, then look again. plugin: for a Fastify of the service. listener: (request, response). foreign: a server that the mesh cannot carry. */
export type Shape = 'server' | 'foreign' | 'fastify' | 'koa' | 'express' | 'fetch' | 'listener' | 'plugin' | 'factory'

export interface Exported {
  shape: Shape
  value: unknown
  /** The export's name, for people. */
  name: string
  /** Name of the check that decided, for people. */
  because: string
}

export interface Hints {
  /** The service's own `runtime`. */
  runtime: RuntimeName | undefined
  dependsOnFastify: boolean
}

type Check<Subject> = readonly [because: string, shape: Shape, holds: (value: Subject, hints: Hints) => boolean]
type Fields = Readonly<Record<string, unknown>>
type Callable = (...args: never[]) => unknown

/** What a value is, by what it has. Functions that are no instance of anything come to `functionChecks`. */
const instanceChecks: ReadonlyArray<Check<Fields>> = [
  ['is a Fastify instance', 'fastify', (value) => has(value, 'inject', 'ready', 'register', 'addHook') && isObject(value.server)],
  ['is a Koa app', 'koa', (value) => has(value, 'callback', 'use') && Array.isArray(value.middleware)],
  ['is an Express app', 'express', (value) => typeof value === 'function' && has(value, 'handle', 'use')],
  ['is an http.Server', 'server', (value) => has(value, 'listen', 'address', 'closeIdleConnections', 'closeAllConnections') && !('setSecureContext' in value)],
  ['is a server of another kind', 'foreign', (value) => has(value, 'listen', 'address', 'close', 'getConnections')],
  ['has a fetch method', 'fetch', (value) => has(value, 'fetch')]
]

/** What a default export that is a bare function wants to be called with. */
const functionChecks: ReadonlyArray<Check<Callable>> = [
  ['is wrapped by fastify-plugin', 'plugin', (value) => Symbol.for('skip-override') in value || Symbol.for('fastify.display-name') in value],
  ['is a function without parameters', 'factory', (value) => value.length === 0],
  ['is a function whose name says that it builds', 'factory', (value) => /^(?:create|build|make)(?![a-z])/.test(value.name) && value.length < 2],
  ['is a function, and the service says runtime: fastify', 'plugin', (_value, { runtime }) => runtime === 'fastify'],
  ['is a function, and the service says runtime: fetch', 'fetch', (_value, { runtime }) => runtime === 'fetch'],
  ['is a function whose first parameter is named like a Fastify instance', 'plugin', (value) => /^(?:app|fastify|instance|server)$/.test(firstParameter(value))],
  ['is a function whose parameters are named like a request and a response', 'listener', (value) => value.length >= 2 && isRequestName(firstParameter(value))],
  ['is a function whose one parameter is named like a request', 'fetch', (value) => value.length === 1 && isRequestName(firstParameter(value))],
  ['is a function, and package.json depends on fastify', 'plugin', (_value, { dependsOnFastify }) => dependsOnFastify],
  ['is a function of one parameter', 'fetch', (value) => value.length === 1],
  ['is a function of two parameters or more', 'listener', () => true]
]

/** The one export to serve: `create`, `build`, the default (CommonJS: module.exports, or its own three), or the module itself as `{ fetch }`. */
export function findExported (namespace: Fields, hints: Hints): Exported | undefined {
  const byDefault = unwrap(namespace)
  const exports = namespace.default
  const scopes = isObject(exports) && instanceShape(exports, hints) === undefined ? [namespace, exports] : [namespace]
  for (const scope of scopes) {
    for (const name of ['create', 'build']) {
      const value = scope[name]
      if (typeof value === 'function') return { shape: 'factory', value, name, because: `exports ${name}` }
    }
  }
  const found = shapeOf(byDefault, hints)
  if (found !== undefined) return { ...found, value: byDefault, name: 'default' }
  for (const scope of scopes) {
    if (has(scope, 'fetch')) return { shape: 'fetch', value: scope, name: 'fetch', because: 'exports fetch' }
  }
  return undefined
}

/** What a factory gave. A function is a listener or a fetch handler here: a factory makes no factories. */
export function shapeOfMade (value: unknown): Omit<Exported, 'value' | 'name'> | undefined {
  if (typeof value === 'function' && instanceShape(value as unknown as Fields, noHints) === undefined) {
    const isFetch = value.length === 1
    return { shape: isFetch ? 'fetch' : 'listener', because: isFetch ? 'is a function of one parameter' : 'is a listener' }
  }
  return shapeOf(value, noHints)
}

/** The runtime that a shape is proof of; undefined where any could have made it. */
export function runtimeOf (shape: Shape): RuntimeName | undefined {
  switch (shape) {
    case 'fastify': case 'plugin': return 'fastify'
    case 'express': return 'express'
    case 'koa': return 'koa'
    case 'fetch': return 'fetch'
    case 'server': case 'foreign': case 'listener': case 'factory': return undefined
  }
}

const noHints: Hints = { runtime: undefined, dependsOnFastify: false }

function shapeOf (value: unknown, hints: Hints): Omit<Exported, 'value' | 'name'> | undefined {
  if (!isObject(value) && typeof value !== 'function') return undefined
  return instanceShape(value as Fields, hints) ?? functionShape(value, hints)
}

function instanceShape (value: Fields, hints: Hints): Omit<Exported, 'value' | 'name'> | undefined {
  return first(instanceChecks, value, hints)
}

function functionShape (value: unknown, hints: Hints): Omit<Exported, 'value' | 'name'> | undefined {
  if (typeof value !== 'function' || /^class\b/.test(sourceOf(value as Callable))) return undefined
  return first(functionChecks, value as Callable, hints)
}

function first<Subject> (checks: ReadonlyArray<Check<Subject>>, value: Subject, hints: Hints): Omit<Exported, 'value' | 'name'> | undefined {
  const found = checks.find(([, , holds]) => holds(value, hints))
  return found === undefined ? undefined : { shape: found[1], because: found[0] }
}

/** Compilers that turn ESM into CommonJS leave the default export one level down, beside `__esModule`. */
function unwrap (namespace: Fields): unknown {
  const value = namespace.default
  return isObject(value) && value.__esModule === true && 'default' in value ? value.default : value
}

function isObject (value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function has (value: Fields, ...methods: string[]): boolean {
  return methods.every((method) => typeof value[method] === 'function')
}

function isRequestName (name: string): boolean {
  return /^_?(?:req|request)$/i.test(name)
}

function firstParameter (value: Callable): string {
  return /^(?:async\s+)?(?:function\s*\*?\s*[\w$]*\s*)?(?:[\w$]+\s*(?=\())?\(?\s*([\w$]+)/.exec(sourceOf(value))?.[1] ?? ''
}

function sourceOf (value: Callable): string {
  return Function.prototype.toString.call(value)
}
