// Which services are reached from outside, and under which path: a guess that says so. Pure.
import type { ServiceDraft } from '../draft/draft.ts'
import { urlPath } from '../draft/names.ts'
import type { DevelopmentProxy } from './kind.ts'

export interface Candidate {
  draft: ServiceDraft
  isFrontend: boolean
  isServer: boolean
  /** What is known of it: reached from outside (published ports), or not; undefined: nothing is known. */
  isPublished: boolean | undefined
  port: number | undefined
  proxies: readonly DevelopmentProxy[]
  /** Of its own configuration: nothing else leads to it. */
  basePath: string | undefined
  /** A frontend whose code runs in browsers alone. */
  isPages: boolean
  /** Of its entry. */
  source: string
}

/** Names that people give to what stands in front, in this order. */
const fronts = ['web', 'frontend', 'storefront', 'www', 'site', 'home', 'app', 'client', 'ui', 'gateway', 'proxy', 'bff']

/** Names of what such pages call, and so of what is reached from outside with them. */
const apis = /^(?:(?:.*-)?api|backend|server|rest|graphql)$/

export function guessRoutes (candidates: readonly Candidate[]): void {
  const isOutside = outsideOf(candidates)
  const outside = candidates.filter(isOutside)
  const free = outside.filter(({ basePath = '/' }) => basePath === '/')
  const named = fronts.flatMap((name) => free.filter(({ draft }) => draft.service.name === name))
  const first = outside.length === 1 ? free[0] : named.find(({ isFrontend }) => isFrontend) ?? named[0] ?? free.find(({ isFrontend }) => isFrontend)
  const proxied = candidates.flatMap((from) => from.proxies.map((proxy) => ({ ...proxy, from: from.draft.service.name })))

  for (const candidate of candidates) {
    const { draft: { service, notes }, isFrontend, isServer, port, isPublished, basePath, source } = candidate
    const routes: NonNullable<typeof service.routes> = []
    const say = (text: string): void => { notes.push({ at: ['routes', routes.length - 1], text }) }
    if (candidate === first) {
      routes.push({ pathPrefix: '/' })
      say(`a guess: ${outside.length === 1 ? 'the only one that is reached from outside' : 'it stands in front'}${portText(port)}`)
    }
    if (basePath !== undefined && candidate !== first && isOutside(candidate)) {
      routes.push({ pathPrefix: basePath, ...(service.runtime === 'static' && { rewrite: '/' }) })
      say('the base path of its own configuration')
    }
    for (const { prefix, isCut, from } of port === undefined ? [] : proxied.filter((proxy) => proxy.port === port && proxy.from !== service.name)) {
      if (routes.some(({ pathPrefix }) => pathPrefix === urlPath(prefix))) continue
      routes.push({ pathPrefix: urlPath(prefix), ...(isCut && { rewrite: '/' }) })
      say(`the development server of ${from} hands this prefix to port ${port}${isCut ? ', and changes the path: a guess that it cuts the prefix off' : ''}`)
    }
    if (routes.length === 0 && isOutside(candidate)) {
      const isCalled = isCalledByPages(candidates)(candidate)
      const prefix = !isFrontend && isCalled && ['backend', 'server', 'rest'].includes(service.name) ? '/api' : `/${service.name}`
      const knowsPrefix = new RegExp(`['"\`]${prefix}['"\`/]`).test(source)
      routes.push({ pathPrefix: prefix, ...(service.runtime === 'static' || (!isFrontend && !knowsPrefix) ? { rewrite: '/' } : {}) })
      const why = isCalled ? 'pages that run in browsers call it' : 'one port for all, so each has a prefix'
      say(isFrontend && service.runtime !== 'static'
        ? 'a guess: one port for all, so each has a prefix; `wattapp build` makes it the base path of its pages'
        : `a guess: ${why}${!isFrontend && knowsPrefix ? ', which its code names itself' : ''}${portText(port)}`)
    }
    if (routes.length > 0) service.routes = routes
    else if (isServer && isPublished !== false) notes.push({ at: [], text: `No route, a guess: only other services reach it, as http://${service.name}.internal${portText(port)}. To open it: routes: [{ pathPrefix: /${service.name}, rewrite: / }]` })
    else if (isServer) notes.push({ at: [], text: `No route, as no port is published: other services reach it as http://${service.name}.internal` })
  }
}

/** What is known decides; else frontends and what has the name of one; else, without any, all that listen. */
function outsideOf (candidates: readonly Candidate[]): (candidate: Candidate) => boolean {
  if (candidates.some(({ isPublished }) => isPublished === true)) return ({ isPublished, isServer }) => isPublished === true && isServer
  const isFront = ({ isFrontend, isServer, draft }: Candidate): boolean => isFrontend || (isServer && fronts.includes(draft.service.name))
  const isCalled = isCalledByPages(candidates)
  if (candidates.some(isFront)) return (candidate) => isFront(candidate) || isCalled(candidate)
  return ({ isServer }) => isServer
}

/** Where all frontends are pages without a server: the only server, or those with such a name, unless a development server says more. */
function isCalledByPages (candidates: readonly Candidate[]): (candidate: Candidate) => boolean {
  const servers = candidates.filter(({ isFrontend, isServer }) => isServer && !isFrontend)
  const pages = candidates.filter(({ isFrontend }) => isFrontend)
  const isAlone = pages.length > 0 && pages.every(({ isPages }) => isPages) && candidates.every(({ proxies }) => proxies.length === 0) && !servers.some(({ draft }) => fronts.includes(draft.service.name))
  return (candidate) => isAlone && servers.includes(candidate) && candidate.isPublished === undefined && (servers.length === 1 || apis.test(candidate.draft.service.name))
}

function portText (port: number | undefined): string {
  return port === undefined ? '' : `; port ${port} of its code is never opened`
}
