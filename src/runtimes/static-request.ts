// What a request for a static file asks: path, freshness, range. RFC 9110 §§8.8, 13, 14. Pure.

/** Names within the folder, decoded; undefined where there can be no such file. `isFolder`: the path ends with a slash. */
export function parseTarget (target: string): { names: string[], isFolder: boolean, query: string } | undefined {
  const queryAt = target.search(/[?#]/)
  const path = queryAt < 0 ? target : target.slice(0, queryAt)
  if (!path.startsWith('/')) return undefined
  const parts = path.slice(1).split('/')
  const isFolder = parts.at(-1) === ''
  if (isFolder) parts.pop()
  const names: string[] = []
  for (const part of parts) {
    const name = decode(part)
    if (name === undefined || !isServable(name, names.length)) return undefined
    names.push(name)
  }
  return { names, isFolder, query: queryAt < 0 ? '' : target.slice(queryAt) }
}

function decode (part: string): string | undefined {
  try { return decodeURIComponent(part) } catch { return undefined }
}

/** No dotfile, and so no `..` either, however it was written; `.well-known` is public by its very purpose (RFC 8615). */
function isServable (name: string, depth: number): boolean {
  if (name === '' || /[/\\\0]/.test(name)) return false
  return !name.startsWith('.') || (depth === 0 && name === '.well-known')
}

export interface FileFacts { size: number, modifiedMs: number, changedMs: number }

/**
 * Strong. The time of the inode's last change is in it: builds that set all times to one value (reproducible images) would
 * otherwise give two contents of one length the same tag.
 */
export function entityTag ({ size, modifiedMs, changedMs }: FileFacts): string {
  return `"${Math.floor(modifiedMs).toString(36)}-${Math.floor(changedMs).toString(36)}-${size.toString(36)}"`
}

export interface Conditions {
  method: string
  ifNoneMatch: string | undefined
  ifModifiedSince: string | undefined
  ifRange: string | undefined
  range: string | undefined
}

export type Answer =
  | { status: 200 | 304 | 416 }
  /** `last` is inclusive. */
  | { status: 206, first: number, last: number }

/** In the order of RFC 9110 §13.2.2. */
export function answer (conditions: Conditions, file: FileFacts, tag: string): Answer {
  if (isFresh(conditions, file, tag)) return { status: 304 }
  const { method, range, ifRange } = conditions
  // Range is defined for GET alone (§14.2); If-Range with a date is not strong enough here, so that only our tag counts.
  if (method !== 'GET' || range === undefined || (ifRange !== undefined && ifRange !== tag)) return { status: 200 }
  return parseRange(range, file.size)
}

function isFresh ({ ifNoneMatch, ifModifiedSince }: Conditions, { modifiedMs }: FileFacts, tag: string): boolean {
  if (ifNoneMatch !== undefined) {
    return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
  }
  // HTTP dates have no fractions of a second.
  return ifModifiedSince !== undefined && Math.floor(modifiedMs / 1000) * 1000 <= Date.parse(ifModifiedSince)
}

/** One range; several, or what is no range, are answered with the whole file, as §14.2 allows. */
function parseRange (range: string, size: number): Answer {
  const [, from = '', to = ''] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(range) ?? []
  if (from === '' && to === '') return { status: 200 }
  if (from === '') {
    const length = Math.min(Number(to), size)
    return length === 0 ? { status: 416 } : { status: 206, first: size - length, last: size - 1 }
  }
  const first = Number(from)
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < first) return { status: 200 }
  return first >= size ? { status: 416 } : { status: 206, first, last }
}

/** https://www.iana.org/assignments/media-types; text is UTF-8. */
const types: ReadonlyMap<string, string> = new Map(Object.entries({
  avif: 'image/avif',
  css: 'text/css; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  gif: 'image/gif',
  htm: 'text/html; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/vnd.microsoft.icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  ogg: 'audio/ogg',
  otf: 'font/otf',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml; charset=utf-8',
  ttf: 'font/ttf',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  wav: 'audio/wav',
  webm: 'video/webm',
  webmanifest: 'application/manifest+json; charset=utf-8',
  webp: 'image/webp',
  woff: 'font/woff',
  woff2: 'font/woff2',
  xml: 'application/xml; charset=utf-8',
  yaml: 'application/yaml; charset=utf-8',
  yml: 'application/yaml; charset=utf-8',
  zip: 'application/zip'
}))

export function contentType (name: string): string {
  return types.get(extensionOf(name)) ?? 'application/octet-stream'
}

/** Whether the name has the extension of a file for browsers. */
export function hasKnownType (name: string): boolean {
  return types.has(extensionOf(name))
}

function extensionOf (name: string): string {
  const at = name.lastIndexOf('.')
  return at < 0 ? '' : name.slice(at + 1).toLowerCase()
}
