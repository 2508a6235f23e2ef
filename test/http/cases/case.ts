// A row of the table: what a client says on one connection, byte for byte, and where the answer may differ.
import type { Script, Step } from '../exchange.ts'

export interface Case extends Script {
  /** Where the gateway does otherwise on purpose. */
  gateway?: Deviation
  /** Where a call between services does. */
  mesh?: Deviation
  /** The gateway refuses it as a plain server does, and says why: this code. */
  refusal?: string
  /** A plain server's own answer is of no use: it hangs, or breaks its connection. */
  isNotDirect?: boolean
  /** The service is asked in HTTP/1.1 whoever asks (RFC 9110 §2.5): a plain server is asked so too, and then what HTTP/1.0 lacks is left out. */
  isHttp10?: boolean
}

export interface Deviation {
  because: string
  /** The transcript, from what a plain server's is; or, of one without a plain server, what it looks like. */
  is: ((plain: string) => string) | RegExp
}

export type Cases = Record<string, Case>
type May = Partial<Omit<Case, 'steps' | 'methods'>>

/** The placement's prefix, in paths. */
export const prefix = '/@@'

interface Parts { method?: string, path?: string, version?: string, host?: string | null, fields?: string[], body?: string, coding?: 'length' | 'none' }

/** The bytes of one request: with Host, and with Content-Length when it has a body. `fields`: whole lines. */
export function bytesOf ({ method = 'GET', path = 'echo', version = '1.1', host = 'a.example', fields = [], body = '', coding = 'length' }: Parts): string {
  const target = /^https?:/i.test(path) || path.startsWith('/') || path === '*' ? path : `${prefix}/${path}`
  const lines = [`${method} ${target} HTTP/${version}`]
  if (host !== null) lines.push(`Host: ${host}`)
  if (body !== '' && coding === 'length') lines.push(`Content-Length: ${body.length}`)
  return `${[...lines, ...fields].join('\r\n')}\r\n\r\n${body}`
}

/** One request, whole, and its answer. */
export function one (parts: Parts & May = {}): Case {
  const { method, path, version, host, fields, body, coding, ...may } = parts
  return steps([{ send: bytesOf(parts) }], [method ?? 'GET'], may)
}

export function steps (list: Step[], methods: string[] = ['GET'], may: May = {}): Case {
  return { steps: list, methods, ...may }
}

/** A body in chunked coding, a chunk a part. */
export function chunked (parts: string[], trailers: string[] = []): string {
  const chunks = parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
  return `${chunks.join('')}0\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n`
}

export function refused (refusal: string, row: Case): Case {
  return { ...row, refusal }
}
