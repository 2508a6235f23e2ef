// Fields that are meant for one connection and never cross the mesh (RFC 9110 §7.6.1).
import { type RawHeaders } from './mesh.ts'

/** Trailer is not among them: it announces what the mesh does carry. */
export const hopByHop: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'])

/** Fields that a Connection value names, in lower case. They must not be those that the message itself needs. */
export function nominated (connection: string): string[] {
  return connection.toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '' && !endToEnd.has(name))
}

const endToEnd: ReadonlySet<string> = new Set(['close', 'keep-alive', 'host', 'content-length', 'content-type'])

/** The headers that cross; the same list when there is nothing to leave out. */
export function withoutHopByHop (headers: RawHeaders): RawHeaders {
  let dropped: Set<string> | undefined
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    // Lengths first: most fields are none of these, and lower-casing each would be the dearest part of a short request.
    if (!mayBeHopByHop(name.length)) continue
    const lower = name.toLowerCase()
    if (!hopByHop.has(lower)) continue
    dropped ??= new Set(hopByHop)
    if (lower === 'connection') for (const other of nominated(headers[index + 1] ?? '')) dropped.add(other)
  }
  if (dropped === undefined) return headers
  const kept: RawHeaders = []
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (!dropped.has(name.toLowerCase())) kept.push(name, headers[index + 1] ?? '')
  }
  return kept
}

function mayBeHopByHop (length: number): boolean {
  return length === 2 || length === 7 || length === 10 || length === 16 || length === 17
}
