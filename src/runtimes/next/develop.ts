// Runtime `next` in development: Next's own development server on a server of this thread, with its overlay and hot reloading.
import { relative } from 'node:path'
import { http } from '../../base/http.ts'
import { serveBelow } from '../below.ts'
import { checkBase } from '../built-folder.ts'
import type { ServiceToServe, Serving } from '../runtime.ts'
import { loadNext } from './package.ts'
import { serveApp } from './serve.ts'

export async function develop (service: ServiceToServe): Promise<Serving> {
  const { name, root, folder, port, basePath, candidate } = service
  // React's two builds do not mix, whatever the shell says.
  process.env.NODE_ENV = 'development'
  service.found(relative(root, folder))
  const next = loadNext(name, folder, basePath, { isDevelopment: true })
  const server = http.createServer()
  const app = next.create({ dir: folder, dev: true, port, httpServer: server })
  await app.prepare()
  checkBase(service, 'Next', next.base.basePath)
  if (next.base.isGiven) serveBelow(server, next.base.basePath)
  return await serveApp(app, server, port, { ...candidate, exported: 'nothing' })
}
