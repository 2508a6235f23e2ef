// Runtime `next` in production: what `next build` made, served by Next's own server on a server of this thread.
import type { Server } from 'node:http'
import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { http } from '../../base/http.ts'
import { serveBelow } from '../below.ts'
import { checkBase } from '../built-folder.ts'
import { listenOn } from '../listen-on.ts'
import { loadModule } from '../load.ts'
import type { ServiceToServe, Serving } from '../runtime.ts'
import { findBuilt, type Built } from './built.ts'
import { shareCache } from './cache/install.ts'
import { loadNext, type NextApp } from './package.ts'
import { standaloneFolder } from './standalone.ts'

export async function serve (service: ServiceToServe): Promise<Serving> {
  const { name, root, folder, port, candidate } = service
  const built = findBuilt(name, folder)
  checkBase(service, 'Next', built.basePath)
  const { isRunning } = service.found(relative(root, join(folder, built.distDir)))
  const serving = { ...candidate, exported: 'nothing' }
  if (built.output === 'standalone') {
    const server = standaloneServer(folder, built)
    if (server !== undefined) {
      const store = await shareCache({ service: name, folder, built, require: loadNext(name, dirname(server), '').require })
      process.once('exit', () => store.close())
      await loadModule(name, server, isRunning)
      const started = service.servers.onPort()
      if (built.isGiven && started !== undefined) serveBelow(started, built.basePath)
      return serving
    }
  }
  // What gave the build its base path (Watt, a variable) need not be there now; the pages have it all the same.
  const next = loadNext(name, folder, built.basePath)
  const store = await shareCache({ service: name, folder, built, require: next.require })
  process.once('exit', () => store.close())
  const server = http.createServer()
  const app = next.create({ dir: folder, dev: false, port, httpServer: server })
  await app.prepare()
  if (built.isGiven) serveBelow(server, built.basePath)
  return await serveApp(app, server, port, serving)
}

/** The built server.js, which listens by itself; undefined: that part of the build has not come along, and the rest does as well. */
function standaloneServer (folder: string, built: Built): string | undefined {
  // The service may be what was traced, copied out as Next's own manual says.
  if (existsSync(join(folder, 'server.js'))) return join(folder, 'server.js')
  if (!existsSync(join(folder, built.distDir, 'standalone', built.relativeAppDir, 'server.js'))) return undefined
  const { folder: view, remove } = standaloneFolder(folder, built)
  process.once('exit', remove)
  return join(view, 'server.js')
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
