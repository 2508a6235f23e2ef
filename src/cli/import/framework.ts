// What a Watt application of a framework is in WattApp, as far as this version serves it. Pure but for the tree.
import { service as serviceSchema } from '../../api/schema-service.ts'
import type { ServiceDraft, Unequal } from '../draft/draft.ts'
import { programOf } from '../draft/command.ts'
import { namesEntry, ownEntry, usualEntry } from '../draft/entry.ts'
import { fieldsOf, inside, textOf } from '../draft/loose.ts'
import type { Tree } from '../draft/tree.ts'
import type { Application } from './applications.ts'

/** The names that a service's `runtime` may have in this version. */
const runtimes: readonly string[] = serviceSchema.fields.runtime.enum

const asProgram: Record<string, readonly string[]> = {
  nest: ['dist/main.js', 'dist/src/main.js'],
  nitro: ['.output/server/index.mjs'],
  nuxt: ['.output/server/index.mjs'],
  tanstack: ['.output/server/index.mjs']
}

/** Platformatic's own frameworks: configuration that only their package can run. */
const platformatic = new Set(['service', 'db', 'ai-warp', 'pg-hooks', 'rabbitmq-hooks', 'kafka-hooks'])

/** Not Node.js, or no application: undefined is a service. */
export function noService ({ module }: Application): { reason: string, remedy: string } | undefined {
  if (['php', 'python', 'python-node', 'ruby'].includes(module)) return { reason: `@platformatic/${module} runs no JavaScript, and a service is a Node.js program`, remedy: 'run it as a Deployment of its own' }
  if (module === 'project') return { reason: 'it is a Watt project of its own, within this one', remedy: 'import it by itself, and list its services here' }
  return undefined
}

/** Says in the draft how the application is started. Gives what cannot be said. */
export function addFramework (tree: Tree, application: Application, { service, notes }: ServiceDraft): Unequal[] {
  const { module, folder, config, packageJson, file, where } = application
  const place = file ?? where
  const command = textOf(fieldsOf(fieldsOf(config.application).commands).production)
  if (command !== undefined) {
    const program = programOf(command, packageJson)
    if (program === undefined) {
      return [{ path: `${place}: application.commands.production`, value: command, reason: 'a service is a file that Node loads, no command line', remedy: 'write the file as `entry` and its arguments as `args`' }]
    }
    service.entry = program.entry
    if (program.args.length > 0) service.args = [...program.args, ...service.args ?? []]
    notes.push({ at: ['entry'], text: `from application.commands.production of ${place}: ${command}` })
    return program.options.map((option) => ({ path: `${place}: application.commands.production`, value: option, reason: 'a worker has no options of Node.js of its own', remedy: 'import what is needed at the top of the entry' }))
  }
  if (module === 'node') {
    addNodeEntry(tree, application, { service, notes })
    return []
  }
  if (runtimes.includes(module)) {
    notes.push({ at: [], text: `${module}, found from package.json` })
    if (module === 'vite' || module === 'astro') addOutput(application, module === 'vite' ? 'build.outDir' : 'outDir', { service, notes })
    return module === 'vite' ? unequalVite(application) : []
  }
  const program = asProgram[module]
  if (program !== undefined) {
    const named = programOf('npm run start:prod', packageJson)?.entry
    const entry = named === undefined ? program.find((name) => tree.has(inside(folder, name) ?? '')) ?? program[0] ?? '' : /\.\w+$/.test(named) ? named : `${named}.js`
    service.entry = entry
    notes.push({ at: ['entry'], text: `a guess: ${module} is built to this program; build it first` })
    return []
  }
  const isOwn = platformatic.has(module)
  notes.push({ at: [], text: isOwn ? `Platformatic's own ${module}: it needs an entry that starts it` : `${module} is not served by this version` })
  return [{
    path: place,
    value: module,
    reason: isOwn ? `@platformatic/${module} is a framework that only Platformatic's package runs from its configuration` : `${module} is not served by this version`,
    remedy: isOwn ? 'write an entry that makes a Fastify server with the same plugins' : 'write an entry that starts its server, such as an Express or Fastify program with the framework as middleware'
  }]
}

/** Watt's build writes where its own file says. */
function addOutput ({ config }: Application, field: string, { service, notes }: ServiceDraft): void {
  const output = textOf(fieldsOf(config.application).outputDirectory)
  if (output === undefined || output === 'dist') return
  service.entry = output
  notes.push({ at: ['entry'], text: `from application.outputDirectory: let \`${field}\` of its own configuration say so too` })
}

/** Of Vite the page answers for paths that are no file only where Watt's file says so. */
function unequalVite ({ config, file, where }: Application): Unequal[] {
  const handler = fieldsOf(config.vite).notFoundHandler
  const { path = 'index.html', statusCode = 200 } = typeof handler === 'string' ? { path: handler } : fieldsOf(handler)
  return path === 'index.html' && statusCode === 200
    ? []
    : [{ path: `${file ?? where}: vite.notFoundHandler`, value: handler, reason: 'a path that is no file is answered with index.html, as client-side routes need it', remedy: 'show in the page that there is no such route' }]
}

function addNodeEntry (tree: Tree, { folder, config, packageJson }: Application, { service, notes }: ServiceDraft): void {
  const main = textOf(fieldsOf(config.node).main)?.replace(/^\.\//, '')
  if (main !== undefined) {
    if (main !== ownEntry(tree, folder, packageJson)) {
      service.entry = main
      notes.push({ at: ['entry'], text: 'from node.main' })
    }
    return
  }
  const own = ownEntry(tree, folder, packageJson)
  // Of the names that nobody gave, Watt takes others before this one.
  if (namesEntry(packageJson) || (own !== undefined && own !== 'server.js')) return
  const entry = usualEntry(tree, folder)
  if (entry === undefined) {
    notes.push({ at: [], text: 'a guess: no file was found that starts it; write its name as `entry`' })
    return
  }
  service.entry = entry
  notes.push({ at: ['entry'], text: 'a guess: package.json names no file, and Watt takes this one' })
}
