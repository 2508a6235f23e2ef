// Runtime `vite`: a single-page application, or several pages. Built: its files. In development: Vite's own server, as middleware.
import { statSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { join, relative } from 'node:path'
import { http } from '../base/http.ts'
import { checkBase, checkPageBase, findBuilt } from './built-folder.ts'
import { listenOn } from './listen-on.ts'
import { importOwn } from './own-package.ts'
import { isHashed, withBase } from './page-request.ts'
import type { ServiceToServe, Serving } from './runtime.ts'
import { createFileServer, createFiles, redirectToFolder } from './static.ts'

export async function serve (service: ServiceToServe): Promise<Serving> {
  // Where `build.outDir` says something else, the service's `entry` names it.
  const built = findBuilt(service, 'Vite', service.entry === undefined ? ['dist'] : [service.entry])
  const named = checkPageBase(service, 'Vite', built)
  const base = named ?? placeOf(built, service)
  const files = createFiles(built, { base, isBuilt: true, fallback: 'index.html', isImmutable: (names) => names.length > 1 && isHashed(names.at(-1) ?? '') })
  const server = createFileServer((request, response) => {
    const { method, url = '/' } = request
    // A page's "./assets/index.js" is not found from "/shop", only from "/shop/".
    if (method !== 'GET' || named !== undefined || base === '' || url.split('?')[0] !== base) return files.answer(request, response)
    redirectToFolder(url, url.slice(base.length), response)
    return undefined
  })
  await listenOn(server, service.port)
  return { ...service.candidate, exported: 'nothing', close: async () => { server.close() } }
}

/** Links that are relative (`base: './'`) are right anywhere: below the service's route, unless what was built has a folder for that. */
function placeOf (built: string, { basePath }: ServiceToServe): string {
  return statSync(join(built, basePath), { throwIfNoEntry: false }) === undefined ? basePath : ''
}

/** The parts of https://vite.dev/guide/api-javascript that are used, alike from Vite 4 on. */
export interface Vite {
  createServer: (config: object) => Promise<ViteServer>
}

export interface ViteServer {
  /** As it was resolved: `base` begins and ends with a slash. */
  config: { base: string }
  middlewares: (request: IncomingMessage, response: ServerResponse, next?: (thrown?: unknown) => void) => void
  ssrLoadModule: (url: string) => Promise<Record<string, unknown>>
  ssrFixStacktrace: (error: Error) => void
  /** What it sends to pages. */
  ws: { send: (message: { type: 'full-reload' }) => void, on: (event: 'connection', listener: () => void) => void }
  close: () => Promise<void>
}

export async function develop (service: ServiceToServe): Promise<Serving> {
  service.found(relative(service.root, service.folder))
  const { server, vite } = await createViteServer(service)
  // "/shop/" of a config of the application's own may be below its route, or the route itself.
  const basePath = vite.config.base.replace(/\/$/, '')
  checkBase(service, 'Vite', basePath)
  server.on('request', (request, response) => { vite.middlewares(belowRoute(request, { basePath }), response) })
  await listenOn(server, service.port)
  return { ...service.candidate, exported: 'nothing', close: async () => { await vite.close() } }
}

/**
 * Vite with the application's own configuration, and a server for it. Browsers find its HMR socket where they find its pages: at the
 * gateway, below the base.
 */
export async function createViteServer (service: ServiceToServe, plugins: readonly object[] = []): Promise<{ server: Server, vite: ViteServer }> {
  const { createServer } = await importOwn(service, 'vite') as Vite
  const server = http.createServer()
  const vite = await createServer(developmentConfig(service, server, plugins))
  return { server, vite }
}

/** What a framework's own configuration of Vite gets added. */
export function developmentConfig ({ folder, basePath }: ServiceToServe, server: Server, plugins: readonly object[] = []): object {
  return {
    root: folder,
    clearScreen: false,
    server: { middlewareMode: true, hmr: { server } },
    plugins: [meshNames, routeBase(basePath), ...plugins]
  }
}

/** As `wattapp build` does: a base of the application's own is left as it is. One that is relative means any place, which Vite's server takes for "/". */
function routeBase (basePath: string): object {
  return {
    name: 'wattapp:route-base',
    config: ({ base }: { base?: string }) => basePath !== '' && (base === undefined || base === '' || base === './') ? { base: `${basePath}/` } : {}
  }
}

/** Other services call this one by its name on the mesh, which Vite would refuse as a strange host. */
export const meshNames = {
  name: 'wattapp:mesh-names',
  config: ({ server }: { server?: { allowedHosts?: unknown } }) => {
    const hosts = server?.allowedHosts
    return hosts === true ? {} : { server: { allowedHosts: ['.internal', '.plt.local'] } }
  }
}

/** Vite answers 404 to what is not below its base: the gateway may have cut it off. */
export function belowRoute (request: IncomingMessage, { basePath }: Pick<ServiceToServe, 'basePath'>): IncomingMessage {
  request.url = withBase(request.url ?? '/', basePath)
  return request
}
