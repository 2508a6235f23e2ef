// Bytes of a connection → the messages on it (RFC 9112 §6), read by nobody's parser but our own, so that no two of Node's agree by chance.

export interface Message {
  /** `HTTP/1.1 200 OK`, as it stood. */
  statusLine: string
  status: number
  /** Names and values in turn, as they stood. */
  fields: string[]
  body: string
  trailers: string[]
  /** whole; cut: the connection ended too early; open: more is to come. */
  is: 'whole' | 'cut' | 'open'
  /** No other message can follow on this connection. */
  isLast: boolean
}

export interface Reading {
  messages: Message[]
  /** Behind the last message: another protocol's bytes after 101, or what nobody asked for. */
  rest: string
  /** Final messages (no 1xx but 101) that are whole. */
  finals: number
}

/** `methods`: of the requests, in order, since the answer to HEAD has no body. */
export function readMessages (bytes: string, methods: readonly string[], isEnded: boolean): Reading {
  const messages: Message[] = []
  let rest = bytes
  let finals = 0
  while (rest !== '') {
    const headEnd = rest.indexOf('\r\n\r\n')
    const method = methods[finals]
    if (headEnd === -1 || method === undefined || !rest.startsWith('HTTP/')) return { messages, rest, finals }
    const [statusLine = '', ...lines] = rest.slice(0, headEnd).split('\r\n')
    const status = Number(statusLine.split(' ')[1])
    const fields = fieldsOf(lines)
    const { body, trailers, after, is, isUntilClose } = readBody(rest.slice(headEnd + 4), method, status, fields, isEnded)
    const isLast = isUntilClose || /\bclose\b/i.test(valueOf(fields, 'connection') ?? '') || status === 101
    messages.push({ statusLine, status, fields, body, trailers, is, isLast })
    rest = after
    if (is !== 'whole') return { messages, rest, finals }
    if (status >= 200 || status === 101) finals++
    if (status === 101) return { messages, rest, finals }
  }
  return { messages, rest, finals }
}

interface Body { body: string, trailers: string[], after: string, is: Message['is'], isUntilClose: boolean }

function readBody (text: string, method: string, status: number, fields: string[], isEnded: boolean): Body {
  const none: Body = { body: '', trailers: [], after: text, is: 'whole', isUntilClose: false }
  const unfinished = isEnded ? 'cut' : 'open'
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return none
  if (valueOf(fields, 'transfer-encoding')?.toLowerCase() === 'chunked') return { ...none, ...readChunks(text, unfinished) }
  const length = valueOf(fields, 'content-length')
  if (length === undefined) return { ...none, body: text, after: '', is: isEnded ? 'whole' : 'open', isUntilClose: true }
  const body = text.slice(0, Number(length))
  return { ...none, body, after: text.slice(body.length), is: body.length === Number(length) ? 'whole' : unfinished }
}

function readChunks (text: string, unfinished: 'cut' | 'open'): Omit<Body, 'isUntilClose'> {
  let body = ''
  let at = 0
  while (true) {
    const lineEnd = text.indexOf('\r\n', at)
    const size = lineEnd === -1 ? NaN : Number.parseInt(text.slice(at, lineEnd), 16)
    if (Number.isNaN(size)) return { body, trailers: [], after: '', is: unfinished }
    if (size === 0) {
      // From the line end of the last chunk on: a lone CRLF, or lines and an empty one.
      const end = text.indexOf('\r\n\r\n', lineEnd)
      if (end === -1) return { body, trailers: [], after: '', is: unfinished }
      const lines = text.slice(lineEnd + 2, end)
      return { body, trailers: lines === '' ? [] : fieldsOf(lines.split('\r\n')), after: text.slice(end + 4), is: 'whole' }
    }
    body += text.slice(lineEnd + 2, lineEnd + 2 + size)
    at = lineEnd + 2 + size + 2
    if (at > text.length) return { body, trailers: [], after: '', is: unfinished }
  }
}

/** Names and values as they stand, but for the whitespace around values, which is none of theirs (RFC 9112 §5.1). */
function fieldsOf (lines: string[]): string[] {
  return lines.flatMap((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')]
  })
}

export function valueOf (fields: readonly string[], lowerName: string): string | undefined {
  const at = fields.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === lowerName)
  return at === -1 ? undefined : fields[at + 1]
}
