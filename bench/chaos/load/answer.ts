// The least of an HTTP/1.1 client that a load needs: where does one answer end, and what is its status? Pure.

/** Undefined: more bytes are needed. `garbled`: this is no answer whose end can be told. */
export type Parsed = { status: number, bytes: number, mustClose: boolean } | 'garbled' | undefined

const headLimit = 16_384

/** Answers with a Content-Length, or none by their status: the load's own targets send no others. */
export function parseAnswer (bytes: Buffer): Parsed {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return bytes.length > headLimit ? 'garbled' : undefined
  const head = bytes.toString('latin1', 0, end)
  const status = Number(/^HTTP\/1\.[01] ([1-5]\d\d)/.exec(head)?.[1] ?? 0)
  if (status === 0) return 'garbled'
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined && status !== 204 && status !== 304) return 'garbled'
  const total = end + 4 + Number(length ?? 0)
  if (bytes.length < total) return undefined
  return { status, bytes: total, mustClose: /\r\nconnection: *close/i.test(head) }
}
