// Runtime `react-router` in development: Vite with the framework's own plugin, and the request handler that it leaves to its user there.
import { stripVTControlCharacters } from 'node:util'
import { messageOf } from '../../base/error.ts'
import { checkBase } from '../built-folder.ts'
import { listenerOf } from '../fetch-handler.ts'
import { listenOn } from '../listen-on.ts'
import type { ServiceToServe, Serving } from '../runtime.ts'
import { belowRoute, createViteServer, type ViteServer } from '../vite.ts'
import { basePathOf, slashAdded } from './base-path.ts'
import { giveBasePath } from './config-defaults.ts'
import { errorPage, type ShownError } from './error-page.ts'
import { handlerFactory, reactRouter, type CreateRequestHandler, type Framework, type RequestHandler, type ServerBuild } from './framework.ts'
import { Mending } from './mending.ts'
import { forwardedOrigin } from './origin.ts'
import { sendOn } from './serve.ts'

export async function develop (service: ServiceToServe): Promise<Serving> {
  return await developApp(service, reactRouter)
}

/** @throws WATT_RUNTIME_FRAMEWORK_MISSING, WATT_RUNTIME_BASE */
export async function developApp (service: ServiceToServe, framework: Framework): Promise<Serving> {
  // As the framework's own program says before it loads React, whatever the shell has.
  process.env.NODE_ENV = 'development'
  giveBasePath(service.basePath)
  // An app's own base stays: `giveBasePath` is for one that has none.
  const mending = new Mending()
  const { server, vite } = await createViteServer({ ...service, basePath: '' }, [mending.plugin])
  mending.watch(vite)
  const basePath = checkBase(service, framework.title, basePathOf(vite.config.base))
  const createRequestHandler = await handlerFactory(service, framework)
  const listener = listenerOf(handlerOfLatest(vite, { framework, basePath, mending, createRequestHandler }), forwardedOrigin)
  server.prependListener('upgrade', (request) => { belowRoute(request, { basePath }) })
  server.on('request', (request, response) => {
    const { url = '/' } = belowRoute(request, { basePath })
    if (sendOn(response, slashAdded(url, vite.config.base))) return
    vite.middlewares(request, response, () => {
      // Vite has cut its base off, and the framework wants it.
      request.url = url
      listener(request, response)
    })
  })
  await listenOn(server, service.port)
  return { ...service.candidate, exported: 'nothing', close: async () => { await vite.close() } }
}

interface Latest { framework: Framework, basePath: string, mending: Mending, createRequestHandler: CreateRequestHandler }

/** Asks Vite for the build each time: it is another one after a change. */
function handlerOfLatest (vite: ViteServer, { framework, basePath, mending, createRequestHandler }: Latest): RequestHandler {
  return async (request) => {
    let handle: RequestHandler
    try {
      const build = await vite.ssrLoadModule(framework.virtualBuild) as unknown as ServerBuild
      handle = createRequestHandler(build, 'development')
      mending.said(false)
    } catch (thrown) {
      if (thrown instanceof Error) vite.ssrFixStacktrace(thrown)
      console.error(thrown)
      mending.said(true)
      return new Response(errorPage(shownError(thrown), basePath), { status: 500, headers: { 'content-type': 'text/html; charset=utf-8' } })
    }
    return await handle(request)
  }
}

/** Compilers colour what they say for a terminal. */
function shownError (thrown: unknown): ShownError {
  if (!(thrown instanceof Error)) return { message: messageOf(thrown) }
  const { message, stack = '', id, frame = '', plugin, loc } = thrown as Error & ShownError
  return { message: stripVTControlCharacters(message), stack: stripVTControlCharacters(stack), frame: stripVTControlCharacters(frame), id, plugin, loc }
}
