// Runtime `vite`: a single-page application, or several pages. Built: its files. In development: Vite's own server, as middleware.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { http } from '../base/http.ts'
import { checkPageBase, findBuilt } from './built-folder.ts'
import { listenOn } from './listen-on.ts'
import { importOwn } from './own-package.ts'
import { isHashed, withBase } from './page-request.ts'
import type { ServiceToServe, Serving } from './runtime.ts'
import { createFileServer, createFiles } from './static.ts'

export async function serve (service: ServiceToServe): Promise<Serving> {
  // Where `build.outDir` says something else, the service's `entry` names it.
  const built = findBuilt(service, 'Vite', service.entry === undefined ? ['dist'] : [service.entry])
  const base = checkPageBase(service, 'Vite', built)
  const { answer } = createFiles(built, { base, isBuilt: true, fallback: 'index.html', isImmutable: (names) => names.length > 1 && isHashed(names.at(-1) ?? '') })
  const server = createFileServer(answer)
  await listenOn(server, service.port)
  return { ...service.candidate, exported: 'nothing', close: async () => { server.close() } }
}

/** The parts of https://vite.dev/guide/api-javascript that are used, alike from Vite 4 on. */
export interface Vite {
  createServer: (config: object) => Promise<ViteServer>
}

export interface ViteServer {
  middlewares: (request: IncomingMessage, response: ServerResponse, next?: (thrown?: unknown) => void) => void
  ssrLoadModule: (url: string) => Promise<Record<string, unknown>>
  ssrFixStacktrace: (error: Error) => void
  close: () => Promise<void>
}

export async function develop (service: ServiceToServe): Promise<Serving> {
  const { server, vite } = await createViteServer(service)
  server.on('request', (request, response) => { vite.middlewares(belowRoute(request, service), response) })
  await listenOn(server, service.port)
  return { ...service.candidate, exported: 'nothing', close: async () => { await vite.close() } }
}

/**
 * Vite with the application's own configuration, and a server for it. Browsers find its HMR socket where they find its pages: at the
 * gateway, below the base.
 */
export async function createViteServer (service: ServiceToServe): Promise<{ server: Server, vite: ViteServer }> {
  const { createServer } = await importOwn(service, 'vite') as Vite
  const server = http.createServer()
  const vite = await createServer(developmentConfig(service, server))
  return { server, vite }
}

/** What a framework's own configuration of Vite gets added. */
export function developmentConfig ({ folder, basePath }: ServiceToServe, server: Server): object {
  return {
    root: folder,
    ...(basePath !== '' && { base: `${basePath}/` }),
    clearScreen: false,
    server: { middlewareMode: true, hmr: { server } },
    plugins: [meshNames]
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
export function belowRoute (request: IncomingMessage, { basePath }: ServiceToServe): IncomingMessage {
  request.url = withBase(request.url ?? '/', basePath)
  return request
}
