// Runs a service's module: serves what it exports, or leaves it to the servers that it starts itself.
import type { RequestListener, Server } from 'node:http'
import { basename, relative } from 'node:path'
import { once } from 'node:events'
import { http } from '../base/http.ts'
import { messageOf, withCause, WattError } from '../base/error.ts'
import { errors as meshErrors } from '../mesh/errors.ts'
import { forkOnce } from './cluster.ts'
import { errors } from './errors.ts'
import { findExported, runtimeOf, shapeOfMade, type Exported, type Shape } from './exported.ts'
import type { FastifyInstance } from './fastify.ts'
import { listenOn } from './listen-on.ts'
import { findEntry, isInside, loadModule } from './load.ts'
import type { ServiceToServe, Serving } from './runtime.ts'

type Namespace = Readonly<Record<string, unknown>>

export async function serve (service: ServiceToServe): Promise<Serving> {
  const { name, folder, root, file, entry, manifest, candidate, runtime, code } = service
  const isProgram = code?.is === 'program'
  if (isProgram && !isInside(root, code.path)) throw errors.WATT_PATH_OUTSIDE(name, code.path)
  const path = isProgram ? code.path : findEntry({ name, folder, root }, file, entry, manifest)
  process.argv = [process.execPath, path, ...service.args]
  const { isRunning } = service.found(relative(root, path))
  if (code?.command !== undefined) await (await import('./script.ts')).prepare(service, code.command)
  service.forks(forkOnce(() => { loadModule(name, path, true).catch((thrown: unknown) => process.nextTick(() => { throw thrown })) }, () => meshErrors.WATT_CLUSTER_FORK(name)))
  const namespace = await loadModule(name, path, isRunning)
  // What a program exports is for those who require it.
  if (isProgram) return { ...candidate, exported: 'nothing' }
  const found = findExported(namespace, { runtime, dependsOnFastify: manifest?.dependencies.has('fastify') === true })
  const running: Serving = { ...candidate, exported: exportsOf(namespace) }
  if (found === undefined || isRunningAlready(found, service)) return running
  return { ...running, ...await adopt(service, path, found, namespace) }
}

/** A server on PORT is the service. So is the only one there is, unless it is surely not the app that is exported. */
function isRunningAlready ({ shape, value }: Exported, { servers }: ServiceToServe): boolean {
  if (servers.onPort() !== undefined) return true
  const [only, ...others] = servers.listening()
  if (only === undefined || others.length > 0) return false
  switch (shape) {
    case 'server': case 'foreign': return only === value
    case 'fastify': return only === (value as FastifyInstance).server
    case 'express': case 'listener': return only.listeners('request').includes(value as RequestListener)
    case 'koa': case 'fetch': case 'plugin': case 'factory': return true
  }
}

async function adopt (service: ServiceToServe, path: string, exported: Exported, namespace: Namespace): Promise<Partial<Serving>> {
  const made = exported.shape === 'factory' ? await callFactory(service, path, exported) : exported
  // A factory that gives nothing back has started things by itself.
  if (made === undefined) return {}
  const runtime = runtimeOf(made.shape)
  if (runtime !== undefined && service.runtime !== undefined && service.runtime !== 'node' && runtime !== service.runtime) {
    throw errors.WATT_RUNTIME_MISMATCH(service.name, basename(path), service.runtime, `a ${runtime} app`)
  }
  try {
    const closeServer = await listen(service, path, made.shape, made.value, namespace)
    const own = exported.shape === 'factory' ? closeOf(namespace, exported) : undefined
    const close = own === undefined ? closeServer : async () => { await own(); await closeServer() }
    return { close, ...(runtime !== undefined && { runtime, reason: `\`${exported.name}\` of ${basename(path)} ${made.because}` }) }
  } catch (thrown) {
    if (thrown instanceof WattError) throw thrown
    throw withCause(errors.WATT_RUNTIME_CREATE_FAILED(service.name, basename(path), exported.name, messageOf(thrown)), thrown)
  }
}

async function callFactory ({ name }: ServiceToServe, path: string, exported: Exported): Promise<Exported | undefined> {
  let value: unknown
  try {
    value = await (exported.value as () => unknown)()
  } catch (thrown) {
    if (thrown instanceof WattError) throw thrown
    throw withCause(errors.WATT_RUNTIME_CREATE_FAILED(name, basename(path), exported.name, messageOf(thrown)), thrown)
  }
  if (value === undefined || value === null) return undefined
  const shape = shapeOfMade(value)
  if (shape === undefined) throw errors.WATT_RUNTIME_EXPORT_UNKNOWN(name, basename(path), exported.name, describe(value))
  return { ...shape, value, name: exported.name }
}

/** Watt's applications export `close` beside `create`, for what is not the server's. */
function closeOf (namespace: Namespace, { name }: Exported): (() => unknown) | undefined {
  const scope = [namespace, namespace.default as Namespace | undefined].find((candidate) => typeof candidate?.[name] === 'function')
  return typeof scope?.close === 'function' ? scope.close as () => unknown : undefined
}

/** Gives back how to close what listens. The adapters are loaded by those who need them. */
async function listen ({ name, port }: ServiceToServe, path: string, shape: Shape, value: unknown, namespace: Namespace): Promise<() => Promise<void>> {
  switch (shape) {
    case 'fastify': case 'plugin': {
      const { createForPlugin, listenFastify } = await import('./fastify.ts')
      const app = shape === 'fastify' ? value as FastifyInstance : await createForPlugin(name, path, value, namespace.options)
      await listenFastify(app, port)
      return async () => { await app.close() }
    }
    case 'fetch': {
      const { fetchHandlerOf, listenerOf } = await import('./fetch-handler.ts')
      return await listenWith(http.createServer(listenerOf(fetchHandlerOf(value))), port)
    }
    case 'koa': return await listenWith(http.createServer((value as { callback: () => RequestListener }).callback()), port)
    case 'express': case 'listener': return await listenWith(http.createServer(value as RequestListener), port)
    case 'server': return await listenWith(value as Server, port)
    case 'foreign': case 'factory': throw errors.WATT_RUNTIME_SERVER_KIND(name, basename(path), describe(value))
  }
}

async function listenWith (server: Server, port: number): Promise<() => Promise<void>> {
  await listenOn(server, port)
  return async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    await closed
  }
}

function exportsOf (namespace: Namespace): string {
  const names = Object.keys(namespace).filter((name) => name !== 'module.exports')
  return names.length === 0 ? 'nothing' : names.join(', ')
}

function describe (value: unknown): string {
  return typeof value === 'object' && value !== null ? `a ${value.constructor?.name ?? 'bare object'}` : `a ${typeof value}`
}
