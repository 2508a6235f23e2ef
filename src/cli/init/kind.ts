// What a package is: a service and of which kind, or none, always with the reason. Pure but for the tree.
import { service as serviceSchema } from '../../api/schema-service.ts'
import { detectRuntime, type Candidate } from '../../runtimes/detect.ts'
import { readManifest } from '../../runtimes/manifest.ts'
import { runtimes } from '../../runtimes/table.ts'
import { writtenBasePath } from '../draft/base-path.ts'
import { programOf } from '../draft/command.ts'
import type { Note, ServiceSpec } from '../draft/draft.ts'
import { namesEntry, ownEntry, usualEntry } from '../draft/entry.ts'
import { fieldsOf, inside, numberOf, textOf, type Fields } from '../draft/loose.ts'
import { environmentOf, type Tree } from '../draft/tree.ts'
import { packageProgramOf } from './package-program.ts'
import type { Package } from './workspace.ts'

export interface ServiceKind {
  isService: true
  /** Why it is taken for a service. */
  reason: string
  /** Pages for people. */
  isFrontend: boolean
  /** Something listens. */
  isServer: boolean
  /** What it listens on, as far as its files say. */
  port: number | undefined
  /** Fields that say how it is started, `path` among them. */
  start: Pick<ServiceSpec, 'path' | 'runtime' | 'entry' | 'args'>
  notes: Note[]
  /** What its script sets before the program. */
  environment: Readonly<Record<string, string>>
  /** What its development server hands to others. */
  proxies: readonly DevelopmentProxy[]
  /** Of its own configuration. */
  basePath: string | undefined
  /** A frontend whose code runs in browsers alone: whatever it calls is called from outside. */
  isPages: boolean
  /** Of its entry. */
  source: string
}

export interface DevelopmentProxy {
  prefix: string
  port: number
  /** It changes the path: as a rule, by cutting the prefix off. */
  isCut: boolean
}

/** A framework for pages that has no runtime of its own; undefined: the package has none such. */
export function unservedFramework (json: Fields | undefined): string | undefined {
  const dependencies = { ...fieldsOf(json?.dependencies), ...fieldsOf(json?.devDependencies) }
  const [dependency, label] = frontends.find(([name]) => name in dependencies) ?? []
  return dependency === undefined || known.includes(runtimeOf(dependency)) ? undefined : label
}

export type Kind = ServiceKind | { isService: false, reason: string }

const known: readonly string[] = serviceSchema.fields.runtime.enum

const frontends: ReadonlyArray<readonly [dependency: string, label: string]> = [
  ['next', 'Next.js'], ['nuxt', 'Nuxt'], ['astro', 'Astro'], ['@remix-run/dev', 'Remix'], ['@react-router/dev', 'React Router'], ['@sveltejs/kit', 'SvelteKit'],
  ['@tanstack/react-start', 'TanStack Start'], ['react-scripts', 'Create React App'], ['@angular/core', 'Angular']
]
const servers: ReadonlyArray<readonly [dependency: string, label: string]> = [
  ['@nestjs/core', 'Nest'], ['fastify', 'Fastify'], ['express', 'Express'], ['koa', 'Koa'], ['hono', 'Hono'], ['@hapi/hapi', 'hapi'], ['nitropack', 'Nitro'], ['nitro', 'Nitro'],
  ['h3', 'h3'], ['graphql-yoga', 'GraphQL Yoga'], ['@apollo/server', 'Apollo Server'], ['polka', 'Polka'], ['restify', 'restify'], ['socket.io', 'Socket.IO']
]

const listens = /\.listen\s*\(|\bcreateServer\s*\(|\bserve\s*\(|export\s+default\s+(?:\w*[aA]pp\b|\w*[sS]erver\b|\{\s*(?:async\s+)?fetch)|export\s+(?:async\s+)?function\s+(?:create|build)\b/
/** With a server's package at hand, that is the server. */
const exportsSomething = /^export\s+default\b|\bmodule\.exports\s*=|\bexports\.default\s*=/m
const portInText = /(?:\.listen\s*\(\s*|\bport\s*[:=]\s*|\bPORT\s*\)?\s*(?:\?\?|\|\|)\s*['"]?)(\d{2,5})\b/i

/** @param dependents names of other packages of the project that need this one */
export function kindOf (tree: Tree, { folder, json }: Package, dependents: readonly string[]): Kind {
  const dependencies = { ...fieldsOf(json?.dependencies), ...fieldsOf(json?.devDependencies) }
  const scripts = fieldsOf(json?.scripts)
  const script = ['start:prod', 'start', 'serve'].find((name) => textOf(scripts[name]) !== undefined)
  const command = script === undefined ? undefined : textOf(scripts[script])
  const program = command === undefined ? undefined : programOf(command, json)
  const entry = program?.entry ?? ownEntry(tree, folder, json) ?? usualEntry(tree, folder)
  const text = entry === undefined ? '' : sourceOf(tree, folder, entry)
  const server = servers.find(([name]) => name in fieldsOf(json?.dependencies))
  const frontend = frontends.find(([name]) => name in dependencies)
  const port = portOf(tree, folder, command, text)
  const started = { port, proxies: proxiesOf(tree, folder), environment: program?.env ?? {}, basePath: undefined, isPages: false, source: text }

  if (frontend !== undefined && (script !== undefined || dependents.length === 0) && isServedAs(tree, folder, json, frontend[0])) {
    return { isService: true, reason: `package.json depends on ${frontend[0]}`, isFrontend: true, isServer: true, ...started, basePath: writtenBasePath(tree, folder, runtimeOf(frontend[0])), ...builtStart(folder, json, frontend[0], frontend[1]) }
  }
  if ('vite' in dependencies && has(tree, folder, 'index.html')) {
    return { isService: true, reason: 'package.json depends on vite, and there is index.html', isFrontend: true, isServer: true, ...started, isPages: true, basePath: writtenBasePath(tree, folder, 'vite'), ...builtStart(folder, json, 'vite', 'Vite') }
  }
  const nitro = ['nitropack', 'nitro'].find((name) => name in dependencies)
  if (nitro !== undefined && script === undefined) {
    return { isService: true, reason: `package.json depends on ${nitro}`, isFrontend: false, isServer: true, ...started, start: { path: folder }, notes: [{ at: ['path'], text: 'the program that Nitro builds (.output/server/index.mjs); build it first' }] }
  }
  const packaged = has(tree, folder, 'nest-cli.json') ? undefined : packageProgramOf(tree, folder, json)
  if (packaged !== undefined) {
    return {
      isService: true,
      reason: `its start script runs ${packaged.program}, a program of ${packaged.dependency}`,
      isFrontend: false,
      isServer: true,
      ...started,
      environment: {},
      start: { path: folder },
      notes: [{ at: ['path'], text: `the program ${packaged.program}, as its start script says` }]
    }
  }
  const isMade = listens.test(text) || (server?.[0] === '@hapi/hapi' && /\.start\s*\(/.test(text))
  const isServer = server !== undefined || isMade
  if (script !== undefined && (program !== undefined || isServer)) {
    const how = server?.[1] ?? (isServer ? 'a program that listens' : 'a program that does not listen')
    return { isService: true, reason: `there is the script ${script}: ${command}`, isFrontend: false, isServer, ...started, ...plainStart(tree, folder, json, program, `${how}; script ${script}`) }
  }
  if (textOf(json?.bin) !== undefined || Object.keys(fieldsOf(json?.bin)).length > 0) return { isService: false, reason: 'it is a command line (bin), and nothing starts it' }
  const gives = server !== undefined && exportsSomething.test(text)
  if ((isMade || gives) && dependents.length === 0 && entry !== undefined) {
    return { isService: true, reason: `${entry} ${isMade ? 'makes a server' : 'exports one'}${server === undefined ? '' : `, with ${server[1]}`}`, isFrontend: false, isServer: true, ...started, ...plainStart(tree, folder, json, undefined, server?.[1] ?? 'node') }
  }
  if (entry === undefined && has(tree, folder, 'index.html')) {
    return { isService: true, reason: 'there is index.html and nothing to run', isFrontend: true, isServer: true, ...started, isPages: true, start: { path: folder, runtime: 'static' }, notes: [{ at: ['path'], text: 'its files, as they are' }] }
  }
  if (entry === undefined && dependents.length === 0 && has(tree, folder, 'public/index.html')) {
    return { isService: true, reason: 'there is public/index.html and nothing to run', isFrontend: true, isServer: true, ...started, isPages: true, start: { path: inside(folder, 'public') ?? folder, runtime: 'static' }, notes: [{ at: ['path'], text: 'its files, as they are' }] }
  }
  return {
    isService: false,
    reason: dependents.length > 0 ? `a library: ${dependents.join(', ')} ${dependents.length === 1 ? 'needs' : 'need'} it, and it has no start script` : 'a library: it has no start script, and nothing in it listens'
  }
}

/** False: the framework has a runtime here, and it is another one's to run: a server of the package's own uses it, or a page of Vite's does. */
function isServedAs (tree: Tree, folder: string, json: Fields | undefined, dependency: string): boolean {
  const runtime = runtimeOf(dependency)
  return !known.includes(runtime) || runtimeFor(tree, folder, json, undefined)?.runtime === runtime
}

function runtimeFor (tree: Tree, folder: string, json: Fields | undefined, entry: string | undefined): Candidate | undefined {
  return detectRuntime(runtimes, { runtime: undefined, entry, file: undefined, manifest: json === undefined ? undefined : readManifest(json), has: (name) => has(tree, folder, name) })
}

/** Programs: the file that the script starts, when WattApp would not take it by itself. */
function plainStart (tree: Tree, folder: string, json: Fields | undefined, program: ReturnType<typeof programOf>, how: string): Pick<ServiceKind, 'start' | 'notes'> {
  const start: ServiceKind['start'] = { path: folder }
  const notes: Note[] = []
  const own = ownEntry(tree, folder, json)
  const isNest = has(tree, folder, 'nest-cli.json')
  // Without an entry the whole start script holds, its arguments included.
  const saysMore = program !== undefined && (program.args.length > 0 || Object.keys(program.env).length > 0)
  const entry = isNest && !saysMore ? undefined : program?.entry ?? (namesEntry(json) ? undefined : usualEntry(tree, folder))
  if (entry !== undefined && (entry !== own || saysMore)) {
    start.entry = isNest && !/\.\w+$/.test(entry) ? `${entry}.js` : entry
    notes.push({ at: ['entry'], text: program === undefined ? 'a guess: package.json names no file' : 'from the script' })
  }
  if (program !== undefined && program.args.length > 0) start.args = program.args
  if (program !== undefined && program.options.length > 0) notes.push({ at: [], text: `Options of Node.js are left out, a worker has none of its own: ${program.options.join(' ')}` })
  const detected = runtimeFor(tree, folder, json, start.entry)
  notes.push({ at: ['path'], text: detected === undefined ? `a guess: ${how}` : `runtime ${detected.runtime}, as ${detected.reason}` })
  return { start, notes }
}

/** Frameworks: by their own runtime where there is one, else by what they build. */
function builtStart (folder: string, json: Fields | undefined, dependency: string, label: string): Pick<ServiceKind, 'start' | 'notes'> {
  const runtime = runtimeOf(dependency)
  if (known.includes(runtime)) return { start: { path: folder }, notes: [{ at: ['path'], text: `runtime ${runtime}, as package.json depends on ${dependency}` }] }
  const output = { vite: 'dist', 'react-scripts': 'build' }[dependency]
  if (output !== undefined) {
    return { start: { path: inside(folder, output) ?? folder, runtime: 'static' }, notes: [{ at: ['path'], text: `a guess: the files that ${label} builds; build it first` }] }
  }
  const program = programOf(textOf(fieldsOf(json?.scripts).start) ?? '', json)
  const entry = program?.entry ?? (dependency === 'nuxt' || dependency.startsWith('@tanstack') ? '.output/server/index.mjs' : dependency === '@sveltejs/kit' ? 'build/index.js' : undefined)
  return {
    start: { path: folder, ...(entry !== undefined && { entry }) },
    notes: [{ at: ['path'], text: entry === undefined ? `${label} is not served by this version: write an entry that starts its server` : `a guess: the program that ${label} builds; build it first` }]
  }
}

function runtimeOf (dependency: string): string {
  return { '@remix-run/dev': 'remix', '@react-router/dev': 'react-router' }[dependency] ?? dependency
}

function sourceOf (tree: Tree, folder: string, entry: string): string {
  // What is built may not be there yet: the source of the same name tells as much.
  const names = [entry, entry.replace(/^(dist|build|lib)\//, 'src/').replace(/\.js$/, '.ts'), entry.replace(/^(dist|build|lib)\//, 'src/'), entry.replace(/^(dist|build|lib)\//, '').replace(/\.js$/, '.ts')]
  return names.map((name) => tree.text(inside(folder, name) ?? '')).find((text) => text !== undefined) ?? ''
}

function portOf (tree: Tree, folder: string, command: string | undefined, text: string): number | undefined {
  const inCommand = /(?:\bPORT=|--port[= ]|\s-p[= ]?)(\d{2,5})\b/.exec(command ?? '')?.[1]
  return numberOf(inCommand ?? environmentOf(tree, inside(folder, '.env') ?? '')?.PORT ?? portInText.exec(text)?.[1])
}

/** Of a Vite configuration: `'/api': 'http://localhost:3001'`, or the same as `target`, beside which `rewrite` may stand. */
function proxiesOf (tree: Tree, folder: string): ServiceKind['proxies'] {
  const text = ['js', 'ts', 'mjs', 'mts'].map((extension) => tree.text(`${folder}/vite.config.${extension}`)).find((found) => found !== undefined) ?? ''
  // Each up to where the next one begins: what lies between may have braces of its own.
  const parts = text.split(/(?=['"]\/[\w/-]+['"]\s*:)/).slice(1)
  return parts.flatMap((part) => {
    const [, prefix = '', port = ''] = /^['"](\/[\w/-]+)['"]\s*:\s*(?:\{[^]*?\btarget\s*:\s*)?['"](?:https?|ws):\/\/(?:localhost|127\.0\.0\.1):(\d{2,5})/.exec(part) ?? []
    return prefix === '' ? [] : [{ prefix, port: Number(port), isCut: /\brewrite\s*[:(]/.test(part) }]
  })
}

function has (tree: Tree, folder: string, name: string): boolean {
  return tree.has(inside(folder, name) ?? '')
}
