// Runtime `react-router` in production: the build's own request handler behind node:http, and its files.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { checkBase, checkPageBase } from '../built-folder.ts'
import { listenerOf } from '../fetch-handler.ts'
import { listenOn } from '../listen-on.ts'
import { loadModule } from '../load.ts'
import { isNavigation, withBase } from '../page-request.ts'
import type { ServiceToServe, Serving } from '../runtime.ts'
import { sendFile } from '../send-file.ts'
import { parseTarget } from '../static-request.ts'
import { createFileServer, refuse } from '../static.ts'
import { basenameOf, basePathOf, slashAdded, type BuiltFor } from './base-path.ts'
import { filesFolder, findBuilt } from './built.ts'
import { createClientFiles, fresh, type ClientFiles } from './client-files.ts'
import { handlerFactory, reactRouter, type Framework, type ServerBuild } from './framework.ts'
import { forwardedOrigin } from './origin.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined

export async function serve (service: ServiceToServe): Promise<Serving> {
  return await serveBuilt(service, reactRouter)
}

/** @throws WATT_RUNTIME_NOT_BUILT, WATT_RUNTIME_BASE, and as load.ts */
export async function serveBuilt (service: ServiceToServe, framework: Framework): Promise<Serving> {
  // React has a build for each, which do not mix.
  process.env.NODE_ENV ??= 'production'
  const built = findBuilt(service, framework)
  const answer = built.is === 'server' ? await answerByServer(service, framework, built.file) : answerByPage(service, framework, built.folder)
  const server = createFileServer(answer)
  await listenOn(server, service.port)
  return { ...service.candidate, exported: 'nothing', close: async () => { server.close() } }
}

async function answerByServer (service: ServiceToServe, framework: Framework, file: string): Promise<Answer> {
  const { name, root } = service
  const { isRunning } = service.found(relative(root, file))
  const build = await loadModule(name, file, isRunning) as unknown as ServerBuild
  const { basename = '/', publicPath, assetsBuildDirectory } = build
  const base = checkBase(service, framework.title, basePathOf(basename))
  const filesBase = basePathOf(publicPath)
  // Files on another host are none of the gateway's business.
  if (publicPath.startsWith('/')) checkBase(service, framework.title, filesBase)
  const files = allFiles(service, assetsBuildDirectory, { publicPath: filesBase, basename: base })
  const createRequestHandler = await handlerFactory(service, framework)
  const handle = createRequestHandler(build, process.env.NODE_ENV)
  const listener = listenerOf((request) => handle(request), forwardedOrigin)
  return (request, response) => {
    const target = request.url = withBase(request.url ?? '/', base)
    if (sendOn(response, slashAdded(target, basename))) return undefined
    for (const { tryFile } of files) {
      const given = tryFile(request, response)
      if (given !== false) return given === true ? undefined : given
    }
    listener(request, response)
    return undefined
  }
}

/** Remix' older compiler writes into `public`, of which the rest is served as well. */
function allFiles (service: ServiceToServe, assetsBuildDirectory: string, builtFor: BuiltFor): ClientFiles[] {
  const isInPublic = assetsBuildDirectory.startsWith('public/')
  const folders = [{ path: assetsBuildDirectory, builtFor, isMixed: !isInPublic }]
  if (isInPublic) folders.push({ path: 'public', builtFor: { publicPath: '', basename: '' }, isMixed: true })
  return folders.flatMap(({ path, builtFor, isMixed }) => {
    const folder = filesFolder(service, path)
    return folder === undefined ? [] : [createClientFiles(folder, builtFor, isMixed)]
  })
}

/** `ssr: false`: the application runs in the browser, and finds its way from any address. */
function answerByPage (service: ServiceToServe, { title }: Framework, folder: string): Answer {
  service.found(relative(service.root, folder))
  const publicPath = checkPageBase(service, title, folder) ?? ''
  const basename = basenameOf(readFileSync(join(folder, 'index.html'), 'utf8')) ?? publicPath
  const base = checkBase(service, title, basePathOf(basename))
  const { tryFile, find } = createClientFiles(folder, { publicPath, basename: base })
  return (request, response) => {
    const { method, headers } = request
    const target = request.url = withBase(request.url ?? '/', base)
    if (sendOn(response, slashAdded(target, basename))) return undefined
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      refuse(response, 405)
      return undefined
    }
    const given = tryFile(request, response)
    if (given !== false) return given === true ? undefined : given
    const names = parseTarget(target)?.names
    // Where "/" was made beforehand, `index.html` is that page.
    const page = names !== undefined && isNavigation(headers.accept, names) ? find('__spa-fallback.html') ?? find('index.html') : undefined
    if (page !== undefined) return sendFile(page, request, response, { cacheControl: fresh })
    refuse(response, 404)
    return undefined
  }
}

/** True: it is answered. */
export function sendOn (response: ServerResponse, location: string | undefined): boolean {
  if (location === undefined) return false
  response.writeHead(301, { location, 'content-length': 0 }).end()
  return true
}
