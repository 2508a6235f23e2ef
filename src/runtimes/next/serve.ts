// Runtime `next` in production: what `next build` made, served by Next's own server on a server of this thread.
import { relative, join } from 'node:path'
import { http } from '../../base/http.ts'
import { checkBase } from '../built-folder.ts'
import { listenOn } from '../listen-on.ts'
import type { ServiceToServe, Serving } from '../runtime.ts'
import { findBuilt } from './built.ts'
import { loadNext, type NextApp } from './package.ts'
import type { Server } from 'node:http'

export async function serve (service: ServiceToServe): Promise<Serving> {
  const { name, root, folder, port, candidate } = service
  const built = findBuilt(name, folder)
  checkBase(service, 'Next', built.basePath)
  service.found(relative(root, join(folder, built.distDir)))
  const next = loadNext(name, folder)
  const server = http.createServer()
  const app = next.create({ dir: folder, dev: false, port, httpServer: server })
  await app.prepare()
  return await serveApp(app, server, port, { ...candidate, exported: 'nothing' })
}

/** Makes the server listen, with all that comes to it answered by `app`. */
export async function serveApp (app: NextApp, server: Server, port: number, serving: Serving): Promise<Serving> {
  const handle = app.getRequestHandler()
  server.on('request', (request, response) => { handle(request, response).catch(() => response.destroy()) })
  const upgrade = app.getUpgradeHandler()
  server.on('upgrade', (request, socket, head) => {
    // Next listens by itself from the first request on; a browser that comes back to a new worker may upgrade before that.
    if (server.listenerCount('upgrade') === 1) upgrade(request, socket, head).catch(() => socket.destroy())
  })
  await listenOn(server, port)
  return {
    ...serving,
    async close () {
      server.close()
      await app.close()
    }
  }
}
