// Which paths and hosts lead to which application: by the gateway's proxies, or by the entrypoint alone. Pure but for the tree it is given.
import { writtenBasePath } from '../draft/base-path.ts'
import type { ServiceSpec, Unequal } from '../draft/draft.ts'
import { fieldsOf, listOf, textOf, textsOf, type Fields } from '../draft/loose.ts'
import { urlPath } from '../draft/names.ts'
import type { Tree } from '../draft/tree.ts'
import type { Application } from './applications.ts'

type Route = NonNullable<ServiceSpec['routes']>[number]

export interface RouteDraft { route: Route, note: string }

export interface Routing {
  /** By the id of the application. */
  routes: Map<string, RouteDraft[]>
  unsupported: Unequal[]
}

/** Frameworks that know their own base path: Watt hands them the path as it came. */
const absolute = new Set(['next', 'astro', 'vite', 'remix', 'react-router', 'tanstack'])
const absoluteWithBasePath = new Set(['nest', 'nitro', 'nuxt'])

/** Why a part of a proxy cannot be said, and what to do. Order of the answer. */
export const proxyFields: Record<string, readonly [reason: string, remedy: string]> = {
  methods: ['a route takes every method', 'refuse the other methods in the service'],
  routes: ['a route is a prefix: it takes every path below it', 'write one route for each prefix that is meant'],
  upstream: ['routes lead to services of the app alone, yet', 'put an Ingress or HTTPRoute in front for what is outside'],
  custom: ['no code of an app runs in the gateway', 'decide in a service that calls the others by name'],
  deduplication: ['the gateway does not fold equal requests into one', 'cache or fold them in the service'],
  rewriteLocationHeader: ['a Location gets the prefix back that its route replaced', 'nothing where it is on; where it is off, let the service name its prefix itself: such a location is left alone'],
  ws: ['WebSockets go to the service over the mesh, and nothing is reconnected on the way', 'nothing for plain WebSockets; let clients reconnect']
}

export const gatewayFields: Record<string, readonly [reason: string, remedy: string]> = {
  handler: ['no code of an app runs in the gateway', 'decide in a service that calls the others by name'],
  deduplication: ['the gateway does not fold equal requests into one', 'cache or fold them in the service'],
  openapi: ['OpenAPI documents are not composed yet', 'let each service show its own'],
  graphql: ['GraphQL schemas are not composed yet', 'run a GraphQL router as a service'],
  passthroughContentTypes: ['every body passes as a stream', 'nothing']
}

export function isGateway ({ module }: Application): boolean {
  return module === 'gateway'
}

/** What the application's framework takes for its base path, as far as files say. */
export function basePathOf (tree: Tree, { module, config, folder }: Application): string | undefined {
  const own = textOf(fieldsOf(config.application).basePath) ?? textOf(config.basePath)
  if (own !== undefined) return urlPath(own)
  return absolute.has(module) ? writtenBasePath(tree, folder, module) : undefined
}

export function routesOf (tree: Tree, runtime: Fields, applications: readonly Application[], entrypoint: Application | undefined): Routing {
  const routing: Routing = { routes: new Map(), unsupported: [] }
  const outside = textOf(runtime.basePath) ?? '/'
  if (entrypoint === undefined) return routing
  if (!isGateway(entrypoint)) {
    const basePath = urlPath(outside)
    const rewrite = basePath === '/' || wantsAbsolute(entrypoint, basePathOf(tree, entrypoint)) ? {} : { rewrite: '/' }
    routing.routes.set(entrypoint.id, [{ route: { pathPrefix: basePath, ...rewrite }, note: 'the entrypoint' }])
    return routing
  }
  const place = entrypoint.file ?? entrypoint.where
  const gateway = fieldsOf(entrypoint.config.gateway ?? entrypoint.config.composer)
  for (const [field, [reason, remedy]] of Object.entries(gatewayFields)) {
    if (gateway[field] !== undefined) routing.unsupported.push({ path: `${place}: gateway.${field}`, value: gateway[field], reason, remedy })
  }
  const listed = [...listOf(gateway.applications), ...listOf(gateway.services)].map(fieldsOf)
  // Watt opens every application when the gateway names none.
  const targets: Fields[] = listed.length > 0 ? listed : applications.filter((other) => other !== entrypoint).map(({ id }) => ({ id, proxy: { prefix: `/${id}` } }))
  for (const [index, target] of targets.entries()) {
    const application = applications.find(({ id }) => id === target.id)
    const at = `${place}: gateway.applications[${index}]`
    if (application === undefined || textOf(target.origin)?.endsWith('.plt.local') === false) {
      routing.unsupported.push({ path: at, value: target, reason: `${String(target.id)} is no application of this project, and routes lead to services of the app alone, yet`, remedy: 'put an Ingress or HTTPRoute in front for what is outside' })
      continue
    }
    addProxy(tree, outside, application, target, at, routing)
  }
  return routing
}

function addProxy (tree: Tree, outside: string, application: Application, target: Fields, at: string, { routes, unsupported }: Routing): void {
  const { proxy: given, openapi, graphql } = target
  for (const [field, value] of Object.entries({ openapi, graphql })) {
    const [reason, remedy] = gatewayFields[field] ?? ['', '']
    if (value !== undefined) unsupported.push({ path: `${at}.${field}`, value, reason, remedy })
  }
  const own = routes.get(application.id) ?? []
  const prefixOfDocument = textOf(fieldsOf(openapi).prefix)
  if (given === false || (given === undefined && (openapi !== undefined || graphql !== undefined))) {
    // What the composed document shows are the service's own paths, below the prefix.
    if (given === undefined && prefixOfDocument !== undefined) {
      routes.set(application.id, [...own, { route: { pathPrefix: urlPath(outside, prefixOfDocument), rewrite: '/' }, note: `a guess: ${at}.openapi composes its paths below this prefix` }])
    }
    return
  }
  const proxy = fieldsOf(given)
  for (const [field, [reason, remedy]] of Object.entries(proxyFields)) {
    if (proxy[field] !== undefined) unsupported.push({ path: `${at}.proxy.${field}`, value: proxy[field], reason, remedy })
  }
  const basePath = basePathOf(tree, application)
  const pathPrefix = urlPath(outside, textOf(proxy.prefix) ?? basePath ?? application.id)
  const rewritten = textOf(proxy.rewritePrefix)
  const isAbsolute = wantsAbsolute(application, basePath)
  const rewrite = rewritten !== undefined ? urlPath(rewritten) : isAbsolute ? basePath ?? pathPrefix : '/'
  const how = isAbsolute && rewritten === undefined
    ? basePath === undefined ? `; ${application.module} gets the path as it came, so its own base path must be ${pathPrefix}` : ''
    : ''
  const whose = textOf(proxy.prefix) !== undefined ? `the proxy of ${at}` : basePath !== undefined ? 'its own base path' : 'a guess: no prefix is written, so Watt takes the id'
  const added: RouteDraft[] = [{ route: { pathPrefix, ...(rewrite !== pathPrefix && { rewrite }) }, note: `${whose}${how}` }]
  for (const host of [proxy.hostname].flatMap((value) => textOf(value) ?? textsOf(value))) {
    // With a host of its own the application is at /, and what knows its base path still gets that.
    const ofHost = urlPath(outside)
    const seen = urlPath(rewritten ?? (isAbsolute ? basePath : undefined) ?? '/')
    added.push({ route: { host: host.toLowerCase().replace(/:\d+$/, ''), pathPrefix: ofHost, ...(seen !== ofHost && { rewrite: seen }) }, note: `the hostname of ${at}.proxy` })
  }
  routes.set(application.id, [...own, ...added])
}

function wantsAbsolute ({ module, config }: Application, basePath: string | undefined): boolean {
  return absolute.has(module) || (absoluteWithBasePath.has(module) && basePath !== undefined) || fieldsOf(config.node).absoluteUrl === true
}
