// A collector in small: takes OTLP/HTTP in protobuf and reads it by the field numbers of opentelemetry-proto's trace.proto.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedSpan {
  resource: Record<string, unknown>
  scope: string
  traceId: string
  spanId: string
  parentSpanId: string
  tracestate: string
  name: string
  kind: number
  startMs: number
  endMs: number
  attributes: Record<string, unknown>
  statusCode: number
}

export interface Receiver extends AsyncDisposable {
  url: string
  spans: ReceivedSpan[]
  requests: Array<{ path: string | undefined, type: string | undefined }>
  /** Status of the answers from now on. */
  answer: (status: number) => void
  /** Resolves when this many spans have come. */
  received: (count: number) => Promise<void>
}

export async function startReceiver (port = 0): Promise<Receiver> {
  const spans: ReceivedSpan[] = []
  const requests: Receiver['requests'] = []
  let status = 200
  let changed = Promise.withResolvers<undefined>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      requests.push({ path: request.url, type: request.headers['content-type'] })
      if (status === 200) spans.push(...readRequest(Buffer.concat(chunks)))
      response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end()
      changed.resolve(undefined)
      changed = Promise.withResolvers()
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    answer (next) { status = next },
    async received (count) { while (spans.length < count) await changed.promise },
    async [Symbol.asyncDispose] () {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    }
  }
}

type Fields = Map<number, Array<bigint | Buffer>>

/** Protobuf's wire format: varint (0), 64 bit (1), length-delimited (2). */
function fieldsOf (bytes: Buffer): Fields {
  const fields: Fields = new Map()
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const values = fields.get(tag >> 3) ?? []
    fields.set(tag >> 3, values)
    if ((tag & 7) === 0) values.push(varint())
    else if ((tag & 7) === 1) values.push(bytes.readBigUInt64LE((at += 8) - 8))
    else if ((tag & 7) === 5) values.push(BigInt(bytes.readUInt32LE((at += 4) - 4)))
    else {
      const length = Number(varint())
      values.push(bytes.subarray(at, at += length))
    }
  }
  return fields
}

const messages = (fields: Fields, field: number): Fields[] => (fields.get(field) ?? []).map((value) => fieldsOf(value as Buffer))
const text = (fields: Fields, field: number): string => (fields.get(field)?.[0] as Buffer | undefined)?.toString() ?? ''
const hex = (fields: Fields, field: number): string => (fields.get(field)?.[0] as Buffer | undefined)?.toString('hex') ?? ''
const number = (fields: Fields, field: number): number => Number(fields.get(field)?.[0] ?? 0)

function attributes (fields: Fields, field: number): Record<string, unknown> {
  return Object.fromEntries(messages(fields, field).map((pair) => {
    const [value = new Map()] = messages(pair, 2)
    return [text(pair, 1), value.has(1) ? text(value, 1) : value.has(2) ? number(value, 2) === 1 : value.has(3) ? number(value, 3) : (value.get(4)?.[0] ?? undefined)]
  }))
}

function readRequest (body: Buffer): ReceivedSpan[] {
  return messages(fieldsOf(body), 1).flatMap((resourceSpans) => {
    const resource = attributes(messages(resourceSpans, 1)[0] ?? new Map(), 1)
    return messages(resourceSpans, 2).flatMap((scopeSpans) => messages(scopeSpans, 2).map((span) => ({
      resource,
      scope: text(messages(scopeSpans, 1)[0] ?? new Map(), 1),
      traceId: hex(span, 1),
      spanId: hex(span, 2),
      tracestate: text(span, 3),
      parentSpanId: hex(span, 4),
      name: text(span, 5),
      kind: number(span, 6),
      startMs: number(span, 7) / 1e6,
      endMs: number(span, 8) / 1e6,
      attributes: attributes(span, 9),
      statusCode: number(messages(span, 15)[0] ?? new Map(), 3)
    })))
  })
}
