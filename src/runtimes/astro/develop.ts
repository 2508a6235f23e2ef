// Runtime `astro` in development: Astro's own development server on a server of this thread, with its overlay and hot reloading.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { relative } from 'node:path'
import { http } from '../../base/http.ts'
import { serveBelow } from '../below.ts'
import { checkBase } from '../built-folder.ts'
import { listenOn } from '../listen-on.ts'
import { hasFile } from '../load.ts'
import { importOwn } from '../own-package.ts'
import type { ServiceToServe, Serving } from '../runtime.ts'
import { meshNames } from '../vite.ts'
import { giveBasePath, type BasePath } from './config-module.ts'
import { editPages } from './edit-pages.ts'
import { modulePath, withModuleBase } from './module-links.ts'

/** The parts of https://docs.astro.build/en/reference/programmatic-reference/ that are used, alike in Astro 5 to 7. */
interface Astro {
  dev: (config: object) => Promise<{ handle: (request: IncomingMessage, response: ServerResponse) => void, stop: () => Promise<void> }>
}

/** Of Vite's server, as Astro starts it and looks at it. */
interface ViteServer { httpServer: Server | null, listen: () => Promise<ViteServer> }

export async function develop (service: ServiceToServe): Promise<Serving> {
  const { root, folder, port, basePath, candidate } = service
  // Renderers' two builds do not mix, whatever the shell says.
  process.env.NODE_ENV = 'development'
  service.found(relative(root, folder))
  const base = giveBasePath(basePath)
  const { dev } = await importOwn(service, 'astro') as Astro
  const server = http.createServer()
  const app = await dev({
    root: folder,
    // Browsers find the socket for hot reloading where they find the pages: at the gateway, below the base.
    vite: { clearScreen: false, server: { middlewareMode: true, hmr: { server } }, plugins: [meshNames, servedBy(server, base)] }
  })
  checkBase(service, 'Astro', base.basePath)
  const isSource = (path: string): boolean => hasFile(folder, path)
  server.on('request', (request, response) => {
    if (base.basePath !== '') {
      request.url = modulePath(request.url ?? '/', base.basePath)
      editPages(response, (html) => withModuleBase(html, base.basePath, isSource))
    }
    app.handle(request, response)
  })
  server.on('upgrade', (_request, socket) => { if (server.listenerCount('upgrade') === own) socket.destroy() })
  if (base.isGiven) serveBelow(server, base.basePath)
  // While Astro takes up a changed config nobody answers: the browser is to ask again, not to wait.
  const own = base.isGiven ? 2 : 1
  await listenOn(server, port)
  return {
    ...candidate,
    exported: 'nothing',
    async close () {
      server.close()
      await app.stop()
    }
  }
}

function servedBy (server: Server, base: BasePath): object {
  return {
    name: 'wattapp:server',
    enforce: 'pre',
    // Modules name each other by Vite's base, which Astro leaves at the root.
    config: () => base.basePath === '' ? {} : { base: `${base.basePath}/` },
    // Astro makes Vite listen, and anew when its config changes; as middleware it would refuse to.
    configureServer (vite: ViteServer) {
      vite.httpServer = server
      vite.listen = async () => vite
    }
  }
}
