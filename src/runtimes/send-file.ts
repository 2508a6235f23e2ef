// One stored file as the answer to a request: fresh, in part, compressed, or whole.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { open, type FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { factsOf, type StoredFile } from './file-store.ts'
import { acceptedCodings } from './page-request.ts'
import { answer, entityTag, type Answer, type FileFacts } from './static-request.ts'

export interface SendOptions {
  /** Whether the page is the answer to what is not there. */
  status?: 200 | 404
  cacheControl: string
}

/** Resolves when it is sent; undefined when it is sent already. */
export function sendFile (stored: StoredFile, request: IncomingMessage, response: ServerResponse, { status = 200, cacheControl }: SendOptions): Promise<void> | undefined {
  const file = chooseCompressed(stored, request)
  const headers = ['x-content-type-options', 'nosniff']
  if (status === 200) headers.push('last-modified', file.lastModified, 'accept-ranges', 'bytes', 'cache-control', cacheControl)
  if (stored.compressed.length > 0) headers.push('vary', 'accept-encoding')
  if (file.coding !== undefined) headers.push('content-encoding', file.coding)
  if (file.bytes === undefined) return sendLarge(file, status, headers, request, response)
  const span = writeHead(file, file.facts, file.tag, status, headers, request, response)
  response.end(span === undefined ? undefined : file.bytes.subarray(span.first, span.last + 1))
  return undefined
}

function chooseCompressed (stored: StoredFile, { headers }: IncomingMessage): StoredFile {
  if (stored.compressed.length === 0) return stored
  const accepted = acceptedCodings(headers['accept-encoding'])
  return stored.compressed.find(({ coding }) => coding !== undefined && accepted.has(coding)) ?? stored
}

/** What of it is to follow as the body; undefined: nothing. */
function writeHead (
  { type }: StoredFile, facts: FileFacts, tag: string, status: 200 | 404, headers: string[], { method = 'GET', headers: asked }: IncomingMessage, response: ServerResponse
): { first: number, last: number } | undefined {
  const given: Answer | { status: 404 } = status === 404
    ? { status }
    : answer({
      method,
      ifNoneMatch: asked['if-none-match'],
      ifModifiedSince: asked['if-modified-since'],
      ifRange: asked['if-range'] as string | undefined,
      range: asked.range
    }, facts, tag)
  if (status === 200) headers.push('etag', tag)
  if (given.status === 304) {
    response.writeHead(304, headers)
    return undefined
  }
  if (given.status === 416) {
    headers.push('content-range', `bytes */${facts.size}`, 'content-length', '0')
    response.writeHead(416, headers)
    return undefined
  }
  const [first, last] = given.status === 206 ? [given.first, given.last] : [0, facts.size - 1]
  if (given.status === 206) headers.push('content-range', `bytes ${first}-${last}/${facts.size}`)
  headers.push('content-type', type, 'content-length', String(last - first + 1))
  response.writeHead(given.status, headers)
  return method === 'HEAD' || last < first ? undefined : { first, last }
}

async function sendLarge (file: StoredFile, status: 200 | 404, headers: string[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  await using handle = await open(file.path, 'r')
  // Of what was opened, should another have taken its place meanwhile.
  const facts = factsOf(await handle.stat())
  const span = writeHead(file, facts, entityTag(facts), status, headers, request, response)
  if (span === undefined) response.end()
  else await sendBytes(handle, span.first, span.last, response)
}

async function sendBytes (file: FileHandle, start: number, end: number, response: ServerResponse): Promise<void> {
  try {
    await pipeline(file.createReadStream({ start, end, autoClose: false }), response)
  } catch (thrown) {
    // The reader went away: nobody's fault, and nobody is left to tell.
    if (!response.destroyed) throw thrown
  }
}
