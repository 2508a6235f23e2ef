// Runtime `static`: the files of a folder, or one page, as they are.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { realpathSync } from 'node:fs'
import { open, realpath, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { http } from '../base/http.ts'
import { messageOf } from '../base/error.ts'
import { listenOn } from './listen-on.ts'
import { isInside } from './load.ts'
import type { ServiceToServe, Serving } from './runtime.ts'
import { answer, contentType, entityTag, parseTarget, type FileFacts } from './static-request.ts'

/** Files up to this many bytes are read whole: one frame of the mesh instead of a stream. */
const wholeBytes = 64 * 1024

export async function serve (service: ServiceToServe): Promise<Serving> {
  const { folder, file, candidate } = service
  const files = createFiles(realpathSync(folder), file)
  const server = http.createServer((request, response) => {
    files.answer(request, response).catch((thrown: unknown) => {
      console.error(`${request.method ?? ''} ${request.url ?? ''}: ${messageOf(thrown)}`)
      if (response.headersSent) response.destroy()
      else refuse(response, 500)
    })
  })
  await listenOn(server, service.port)
  return { runtime: 'static', reason: candidate.reason, exported: 'nothing', close: async () => { server.close() } }
}

/** The files below `folder` (a real path), or `page` alone. */
export function createFiles (folder: string, page?: string): { answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> } {
  return {
    async answer (request, response) {
      const { method = 'GET', url = '/' } = request
      if (method !== 'GET' && method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD')
        return refuse(response, 405)
      }
      const target = parseTarget(url)
      if (target === undefined) return await missing(folder, page, request, response)
      const { names, isFolder, query } = target
      if (page !== undefined) {
        const isPage = names.length === 0 || (!isFolder && names.length === 1 && names[0] === page)
        return await (isPage && await send(folder, [page], request, response) ? undefined : missing(folder, page, request, response))
      }
      if (await send(folder, isFolder || names.length === 0 ? [...names, 'index.html'] : names, request, response)) return
      if (!isFolder && await isFile(folder, [...names, 'index.html'])) {
        // Relative: the gateway may have cut a prefix off the path that the browser knows.
        const last = url.slice(0, url.length - query.length).split('/').at(-1) ?? ''
        response.writeHead(301, { location: `./${last}/${query}`, 'content-length': 0 }).end()
        return
      }
      await missing(folder, page, request, response)
    }
  }
}

/** False: there is no such file, or it is not to be shown. */
async function send (folder: string, names: string[], request: IncomingMessage, response: ServerResponse, status: 200 | 404 = 200): Promise<boolean> {
  const handle = await openFile(folder, names)
  if (handle === undefined) return false
  await using file = handle
  const stats = await file.stat()
  if (!stats.isFile()) return false
  const facts: FileFacts = { size: stats.size, modifiedMs: stats.mtimeMs, changedMs: stats.ctimeMs }
  const { headers, method = 'GET' } = request
  const given = status === 404
    ? { status } as const
    : answer({
      method,
      ifNoneMatch: headers['if-none-match'],
      ifModifiedSince: headers['if-modified-since'],
      ifRange: headers['if-range'] as string | undefined,
      range: headers.range
    }, facts)
  if (status === 200) {
    response.setHeader('etag', entityTag(facts))
    response.setHeader('last-modified', stats.mtime.toUTCString())
    response.setHeader('accept-ranges', 'bytes')
    // Kept, but asked for anew each time: a deployment must show at once.
    response.setHeader('cache-control', 'public, max-age=0')
  }
  response.setHeader('x-content-type-options', 'nosniff')
  response.statusCode = given.status
  if (given.status === 304) {
    response.end()
    return true
  }
  if (given.status === 416) {
    response.setHeader('content-range', `bytes */${facts.size}`)
    response.setHeader('content-length', 0)
    response.end()
    return true
  }
  const [first, last] = given.status === 206 ? [given.first, given.last] : [0, facts.size - 1]
  if (given.status === 206) response.setHeader('content-range', `bytes ${first}-${last}/${facts.size}`)
  response.setHeader('content-type', contentType(names.at(-1) ?? ''))
  response.setHeader('content-length', last - first + 1)
  if (method === 'HEAD' || last < first) {
    response.end()
    return true
  }
  await sendBytes(file, first, last, response)
  return true
}

async function sendBytes (file: FileHandle, first: number, last: number, response: ServerResponse): Promise<void> {
  const length = last - first + 1
  if (length <= wholeBytes) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, first)
    if (bytesRead < length) response.destroy()
    else response.end(buffer)
    return
  }
  try {
    await pipeline(file.createReadStream({ start: first, end: last, autoClose: false }), response)
  } catch (thrown) {
    // The reader went away: nobody's fault, and nobody is left to tell.
    if (!response.destroyed) throw thrown
  }
}

/** A link may lead anywhere within the folder (a mounted ConfigMap is made of such), never out of it. */
async function openFile (folder: string, names: string[]): Promise<FileHandle | undefined> {
  try {
    const real = await realpath(join(folder, ...names))
    return isInside(folder, real) && (await stat(real)).isFile() ? await open(real, 'r') : undefined
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined
    throw thrown
  }
}

async function isFile (folder: string, names: string[]): Promise<boolean> {
  const handle = await openFile(folder, names)
  await handle?.close()
  return handle !== undefined
}

function isAbsent (thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EACCES'].includes(code)
}

async function missing (folder: string, page: string | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (page !== undefined || !await send(folder, ['404.html'], request, response, 404)) refuse(response, 404)
}

const words = { 404: 'Not Found', 405: 'Method Not Allowed', 500: 'Internal Server Error' } as const

function refuse (response: ServerResponse, status: keyof typeof words): void {
  const body = `${words[status]}\n`
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'content-length': body.length }).end(body)
}
