// Runtime `astro` in development: Astro's own development server on a server of this thread, with its overlay and hot reloading.
import { relative } from 'node:path'
import { http } from '../../base/http.ts'
import { serveBelow } from '../below.ts'
import { checkBase } from '../built-folder.ts'
import { listenOn } from '../listen-on.ts'
import { hasFile } from '../load.ts'
import { importOwn } from '../own-package.ts'
import type { ServiceToServe, Serving } from '../runtime.ts'
import { meshNames } from '../vite.ts'
import { giveBasePath } from './config-module.ts'
import { editPages } from './edit-pages.ts'
import { modulePath, withModuleBase } from './module-links.ts'
import { viteServedBy } from './vite-server.ts'

/** The parts of https://docs.astro.build/en/reference/programmatic-reference/ that are used, alike in Astro 5 to 7. */
interface Astro {
  dev: (config: object) => Promise<{ stop: () => Promise<void> }>
}

export async function develop (service: ServiceToServe): Promise<Serving> {
  const { root, folder, port, basePath, candidate } = service
  // Renderers' two builds do not mix, whatever the shell says.
  process.env.NODE_ENV = 'development'
  service.found(relative(root, folder))
  const base = giveBasePath(basePath)
  const { dev } = await importOwn(service, 'astro') as Astro
  const server = http.createServer()
  const vite = viteServedBy(server, base)
  const app = await dev({
    root: folder,
    // Browsers find the socket for hot reloading where they find the pages: at the gateway, below the base.
    vite: { clearScreen: false, server: { middlewareMode: true, hmr: { server } }, plugins: [meshNames, vite.plugin] }
  })
  checkBase(service, 'Astro', base.basePath)
  const isSource = (path: string): boolean => hasFile(folder, path)
  server.on('request', (request, response) => {
    if (base.basePath !== '') {
      request.url = modulePath(request.url ?? '/', base.basePath)
      editPages(response, (html) => withModuleBase(html, base.basePath, isSource))
    }
    vite.handle(request, response)
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
