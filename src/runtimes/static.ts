// Runtime `static`: the files of a folder, or one page, as they are. What a framework has built is served by the same `createFiles`.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { realpathSync } from 'node:fs'
import { http } from '../base/http.ts'
import { messageOf } from '../base/error.ts'
import { createFileStore, type StoredFile } from './file-store.ts'
import { listenOn } from './listen-on.ts'
import { belowBase, isNavigation } from './page-request.ts'
import type { ServiceToServe, Serving } from './runtime.ts'
import { sendFile } from './send-file.ts'
import { parseTarget } from './static-request.ts'

export interface FilesOptions {
  /** The one file to show, at `/` and by its name. */
  page?: string
  /** Cut off the paths that begin with it: "/shop". */
  base?: string
  /** Files that were built, as their framework means them: `about` is also `about.html` and `about/index.html`, `app.js.br` is `app.js`. */
  isBuilt?: boolean
  /** Answers what is no file and may be a page of the application itself: "index.html". */
  fallback?: string
  /** Whether the names stand for this content for ever. */
  isImmutable?: (names: readonly string[]) => boolean
}

export interface Files {
  /** Always answers; 404 in the end. */
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined
  /** Answers by a file, if there is one. False: it is somebody else's to answer. */
  tryFile: (request: IncomingMessage, response: ServerResponse) => Promise<void> | true | false
  find: (path: string) => StoredFile | undefined
}

/** Kept, but asked for anew each time: a deployment must show at once. */
const fresh = 'public, max-age=0'
const immutable = 'public, max-age=31536000, immutable'

export async function serve (service: ServiceToServe): Promise<Serving> {
  const { folder, file, candidate } = service
  const server = createFileServer(createFiles(realpathSync(folder), file === undefined ? {} : { page: file }).answer)
  await listenOn(server, service.port)
  return { runtime: 'static', reason: candidate.reason, exported: 'nothing', close: async () => { server.close() } }
}

/** A server whose handler may fail: then it says 500, and why in the log. */
export function createFileServer (answer: (request: IncomingMessage, response: ServerResponse) => Promise<unknown> | undefined): Server {
  return http.createServer((request, response) => {
    const fail = (thrown: unknown): void => {
      console.error(`${request.method ?? ''} ${request.url ?? ''}: ${messageOf(thrown)}`)
      if (response.headersSent) response.destroy()
      else refuse(response, 500)
    }
    try {
      answer(request, response)?.catch(fail)
    } catch (thrown) {
      fail(thrown)
    }
  })
}

/** The files below `folder` (a real path). */
export function createFiles (folder: string, { page, base = '', isBuilt = false, fallback, isImmutable = () => false }: FilesOptions): Files {
  const store = createFileStore(folder, { isPrecompressed: isBuilt })

  function send (stored: StoredFile, names: readonly string[], request: IncomingMessage, response: ServerResponse): Promise<void> | true {
    return sendFile(stored, request, response, { cacheControl: isImmutable(names) ? immutable : fresh }) ?? true
  }

  function tryFile (request: IncomingMessage, response: ServerResponse): Promise<void> | boolean {
    const { method = 'GET', url = '/' } = request
    if (method !== 'GET' && method !== 'HEAD') return false
    const target = parseTarget(belowBase(url, base))
    if (target === undefined) return false
    const { names, isFolder, query } = target
    if (page !== undefined) {
      const isPage = names.length === 0 || (!isFolder && names.length === 1 && names[0] === page)
      const stored = isPage ? store.find([page]) : undefined
      return stored === undefined ? false : send(stored, [page], request, response)
    }
    const isIndex = isFolder || names.length === 0
    const own = isIndex ? [...names, 'index.html'] : names
    const stored = store.find(own)
    if (stored !== undefined) return send(stored, own, request, response)
    const last = names.at(-1)
    if (isBuilt && last !== undefined) {
      for (const other of [[...names.slice(0, -1), `${last}.html`], [...names, 'index.html']]) {
        const asPage = store.find(other)
        if (asPage !== undefined) return send(asPage, other, request, response)
      }
    } else if (!isIndex && store.find([...names, 'index.html']) !== undefined) {
      return redirectToFolder(url, query, response)
    }
    return false
  }

  function answer (request: IncomingMessage, response: ServerResponse): Promise<void> | undefined {
    const { method = 'GET', url = '/', headers } = request
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      refuse(response, 405)
      return undefined
    }
    const given = tryFile(request, response)
    if (given !== false) return given === true ? undefined : given
    const names = parseTarget(belowBase(url, base))?.names
    const lost = page === undefined ? store.find(['404.html']) : undefined
    if (lost !== undefined) return sendFile(lost, request, response, { status: 404, cacheControl: fresh })
    const start = fallback !== undefined && names !== undefined && isNavigation(headers.accept, names) ? store.find([fallback]) : undefined
    if (start !== undefined) return sendFile(start, request, response, { cacheControl: fresh })
    refuse(response, 404)
    return undefined
  }

  return { answer, tryFile, find: (path) => store.find(path.split('/')) }
}

/** To the same path with a slash after it, from which a page's links lead into the folder. */
export function redirectToFolder (target: string, query: string, response: ServerResponse): true {
  // Relative: the gateway may have cut a prefix off the path that the browser knows.
  const named = target.slice(0, target.length - query.length).split('/').at(-1) ?? ''
  response.writeHead(301, { location: `./${named}/${query}`, 'content-length': 0 }).end()
  return true
}

const words = { 404: 'Not Found', 405: 'Method Not Allowed', 500: 'Internal Server Error' } as const

export function refuse (response: ServerResponse, status: keyof typeof words): void {
  const body = `${words[status]}\n`
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'content-length': body.length }).end(body)
}
