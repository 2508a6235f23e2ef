// Runtime `astro` in production: what `astro build` made, its files by ours, its pages by the handler that @astrojs/node has built.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { realpathSync } from 'node:fs'
import { relative } from 'node:path'
import { serveBelow } from '../below.ts'
import { errors } from '../errors.ts'
import { listenOn } from '../listen-on.ts'
import { loadModule } from '../load.ts'
import { belowBase, isHashed } from '../page-request.ts'
import type { ServiceToServe, Serving } from '../runtime.ts'
import { createFileServer, createFiles } from '../static.ts'
import { findBuilt, type Built } from './built.ts'
import { hasRightSlash } from './page-path.ts'

export async function serve (service: ServiceToServe): Promise<Serving> {
  const built = findBuilt(service)
  const server = built.kind === 'static' ? staticServer(service, built) : await handlerServer(service, built)
  await listenOn(server, service.port)
  return { ...service.candidate, exported: 'nothing', close: async () => { server.close() } }
}

function staticServer ({ root, found }: ServiceToServe, { files, basePath }: Built): Server {
  found(relative(root, files))
  const isImmutable = (names: readonly string[]): boolean => names[0] === '_astro' || (names.length > 1 && isHashed(names.at(-1) ?? ''))
  return createFileServer(createFiles(files, { base: basePath, isBuilt: true, isImmutable }).answer)
}

/** What server/entry.mjs exports, alike from Astro 4 on. https://docs.astro.build/en/guides/integrations-guide/node/#middleware */
interface Entry {
  handler?: (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined
  options?: { mode?: 'middleware' | 'standalone', assets?: string }
}

async function handlerServer (service: ServiceToServe, built: Built & { kind: 'server' }): Promise<Server> {
  const { manifest: { trailingSlash, assets, adapter }, basePath, isGiven } = built
  const { handler, options } = await loadEntry(service, built.entry)
  if (handler === undefined) throw errors.WATT_ASTRO_ADAPTER(service.name, adapter ?? 'an unknown adapter')
  const hashed = assets ?? options?.assets ?? '_astro'
  const files = createFiles(realpathSync(built.files), { base: basePath, isBuilt: true, isImmutable: (names) => names[0] === hashed })
  // Built for `standalone`, the handler has pages by itself, with the headers that the build wants for them.
  const isOurs = options?.mode === 'standalone'
    ? (path: string) => /\.(?!html$)\w+$/.test(path)
    : (path: string) => hasRightSlash(trailingSlash, path)
  const server = createFileServer((request, response) => {
    const given = isOurs(pathOf(request, basePath)) && files.tryFile(request, response)
    if (given !== false) return given === true ? undefined : given
    tellScheme(request)
    return handler(request, response)
  })
  if (isGiven) serveBelow(server, basePath)
  return server
}

/** Astro sees by the socket whether its address is https, and refuses forms of any other origin. What the gateway says is who it trusts. */
function tellScheme ({ headers, socket }: IncomingMessage): void {
  const isSecure = headers['x-forwarded-proto'] === 'https'
  // A socket of the mesh serves many requests, one after the other.
  if (isSecure || 'encrypted' in socket) Reflect.set(socket, 'encrypted', isSecure)
}

function pathOf ({ url = '/' }: IncomingMessage, basePath: string): string {
  const path = belowBase(url, basePath)
  const end = path.search(/[?#]/)
  return end < 0 ? path : path.slice(0, end)
}

/** Built for `standalone`, it would listen at once, on a host and with TLS as its environment says. */
async function loadEntry (service: ServiceToServe, path: string): Promise<Entry> {
  const { isRunning } = service.found(relative(service.root, path))
  process.argv = [process.execPath, path, ...service.args]
  const { ASTRO_NODE_AUTOSTART: before } = process.env
  process.env.ASTRO_NODE_AUTOSTART = 'disabled'
  try {
    return await loadModule(service.name, path, isRunning) as Entry
  } finally {
    if (before === undefined) delete process.env.ASTRO_NODE_AUTOSTART
    else process.env.ASTRO_NODE_AUTOSTART = before
  }
}
