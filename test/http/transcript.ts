// What came on a connection, as text to be compared: everything stays as it stood but what the RFCs let an intermediary change.
import { createHash } from 'node:crypto'
import type { Told } from './exchange.ts'
import { readMessages, valueOf, type Message, type Reading } from './response-reader.ts'

/** Fields that are dropped before two transcripts are compared, and why. */
const freedoms: Record<string, string> = {
  connection: 'of one hop (RFC 9110 §7.6.1); what it names is dropped too, and the names are compared by the connection that is kept or not',
  'keep-alive': 'of one hop',
  'proxy-connection': 'of one hop',
  'transfer-encoding': 'of one hop (RFC 9112 §6.1): the body is compared without its chunks, and whether it is whole',
  te: 'of one hop (RFC 9110 §10.1.4)',
  upgrade: 'of one hop (RFC 9110 §7.8); kept in an answer 101, which is made of it',
  via: 'an intermediary says who it is (RFC 9110 §7.6.3)',
  forwarded: 'what only an intermediary can know (RFC 7239); tested in test/gateway',
  'x-forwarded-for': 'the same',
  'x-forwarded-host': 'the same',
  'x-forwarded-proto': 'the same',
  'x-forwarded-port': 'the same',
  'x-request-id': 'added by the gateway',
  traceparent: 'added by the mesh (Trace Context §4.2: every participant changes it)',
  tracestate: 'the same'
}

export function messagesOf (told: Told, methods: readonly string[]): Reading {
  return readMessages(told.bytes, methods, told.ending !== 'kept' && told.ending !== 'stalled')
}

/** `asHttp10`: without what HTTP/1.0 does not have. */
export function transcript (told: Told, methods: readonly string[], asHttp10 = false): string {
  const { messages, rest } = messagesOf(told, methods)
  const parts = (asHttp10 ? messages.filter(({ status }) => status >= 200).map(withoutTrailers) : messages).map(describe)
  if (rest !== '') parts.push(`then ${quote(rest)}`)
  for (const answer of told.asked) parts.push(`asked: ${answer}`)
  parts.push(`connection ${told.ending}`)
  return parts.join('\n\n')
}

function withoutTrailers (message: Message): Message {
  const { fields } = message
  return { ...message, fields: fields.filter((_, index) => fields[index - index % 2] !== 'Trailer'), trailers: [] }
}

function describe (message: Message): string {
  const { status, body, trailers, is } = message
  const echo = echoOf(message)
  const lines = [message.statusLine]
  const fields = kept(message.fields, status)
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? ''
    lines.push(`${name}: ${valueShown(name, fields[index + 1] ?? '', echo !== undefined, body)}`)
  }
  // How much of a long one came before it was cut is a matter of time.
  lines.push('', is !== 'whole' && body.length > 1_000 ? 'a part' : echo ?? quote(body))
  if (trailers.length > 0) lines.push(`trailers ${JSON.stringify(trailers)}`)
  if (is !== 'whole') lines.push(`(${is})`)
  return lines.join('\n')
}

function valueShown (name: string, value: string, isEcho: boolean, body: string): string {
  switch (name.toLowerCase()) {
    // It is the second that it was said in (RFC 9110 §6.6.1), and only has to be one.
    case 'date': return Number.isNaN(Date.parse(value)) || Date.parse(value) === 0 ? value : 'a date'
    // An echo of fields that are dropped is as much shorter.
    case 'content-length': return isEcho && Number(value) === body.length ? 'of the echo' : value
    // A long one would fill the screen.
    default: return value.length > 200 ? `${value.length} × ${value.slice(0, 10)}` : value
  }
}

/** In order, with names and values as they stood. */
function kept (fields: readonly string[], status: number): string[] {
  const named = new Set((valueOf(fields, 'connection') ?? '').toLowerCase().split(',').map((name) => name.trim()))
  return fields.filter((_, index) => {
    const lower = (fields[index - index % 2] ?? '').toLowerCase()
    if (status === 101 && (lower === 'upgrade' || lower === 'connection')) return true
    return !Object.hasOwn(freedoms, lower) && !named.has(lower)
  })
}

/** An echo tells what the service saw of the request: of its fields, too, the same ones are dropped. */
function echoOf ({ fields, body, is }: Message): string | undefined {
  if (valueOf(fields, 'x-echo') === undefined || is !== 'whole' || body === '') return undefined
  const seen = JSON.parse(body) as Record<string, unknown> & { rawHeaders: string[], headers: object, headersDistinct: object }
  const rawHeaders = kept(seen.rawHeaders, 0)
  const names = new Set(rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()))
  const known = (map: object): object => Object.fromEntries(Object.entries(map).filter(([name]) => names.has(name)))
  // Everyone says its own version (RFC 9110 §2.5).
  const shown = { ...seen, httpVersion: undefined, rawHeaders: short(rawHeaders), headers: short(known(seen.headers)), headersDistinct: short(known(seen.headersDistinct)) }
  return JSON.stringify(shown, undefined, 1)
}

function short (value: unknown): unknown {
  const text = JSON.stringify(value)
  return text.length > 1_000 ? `${text.length} characters, ${createHash('sha256').update(text).digest('hex')}` : value
}

function quote (text: string): string {
  return text.length > 300 ? `${text.length} bytes, ${JSON.stringify(text.slice(0, 20))} … ${JSON.stringify(text.slice(-20))}` : JSON.stringify(text)
}
