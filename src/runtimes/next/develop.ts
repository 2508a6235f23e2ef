// Runtime `next` in development: Next's own development server on a server of this thread, with its overlay and hot reloading.
import { relative } from 'node:path'
import { http } from '../../base/http.ts'
import type { ServiceToServe, Serving } from '../runtime.ts'
import { wrapConfigModule, type ConfigModule } from './config-module.ts'
import { loadNext } from './package.ts'
import { serveApp } from './serve.ts'

export async function develop ({ name, root, folder, port, basePath, candidate, found }: ServiceToServe): Promise<Serving> {
  const next = loadNext(name, folder)
  // React's two builds do not mix, whatever the shell says.
  process.env.NODE_ENV = 'development'
  found(relative(root, folder))
  wrapConfigModule(next.require('next/dist/server/config') as ConfigModule, basePath)
  const server = http.createServer()
  const app = next.create({ dir: folder, dev: true, port, httpServer: server })
  await app.prepare()
  return await serveApp(app, server, port, { ...candidate, exported: 'nothing' })
}
