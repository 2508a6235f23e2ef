// A message of a MessagePort as bytes, for a pipe between two processes. Batches of frames are flat and go as JSON, which costs a
// fifth of V8's own serializer (0.7 µs against 4.4); whatever else is posted goes by that. Bytes lie behind both, as they are.
import { Deserializer, Serializer } from 'node:v8'
import { MessagePort } from 'node:worker_threads'

export type Form = 'json' | 'v8'

export interface Encoded {
  form: Form
  body: Uint8Array
  /** Bytes that the body refers to by their index. */
  pieces: Uint8Array[]
}

export interface Decoded {
  value: unknown
  /** What may be transferred when the value is posted on: memory of its own, and ports. */
  transfers: Array<ArrayBuffer | MessagePort>
}

/** Strings that are longer are bytes in disguise (mesh/frame.ts): escaping them as JSON would cost more than they do. */
const longString = 1024

/** In the place of a piece; frames hold no objects of their own. */
type Place = { s: number } | { b: number }

/** @param carry gives a port its number on the other side; the port stays here */
export function encode (value: unknown, carry: (port: MessagePort) => number): Encoded {
  const pieces: Uint8Array[] = []
  const skeleton = flatten(value, pieces)
  if (skeleton !== undefined) return { form: 'json', body: jsonBytes(skeleton), pieces }
  const serializer = new PieceSerializer(carry)
  serializer.writeHeader()
  serializer.writeValue(value)
  return { form: 'v8', body: serializer.releaseBuffer(), pieces: serializer.pieces }
}

/** @param open gives the port of a number of the other side */
export function decode ({ form, body, pieces }: Encoded, open: (channel: number) => MessagePort): Decoded {
  if (form === 'json') return inflate(body, pieces)
  const deserializer = new PieceDeserializer(body, pieces, open)
  deserializer.readHeader()
  const value: unknown = deserializer.readValue()
  return { value, transfers: deserializer.transfers }
}

/** The same array if there is nothing to move out of it; undefined when it is no batch of frames. */
function flatten (value: unknown, pieces: Uint8Array[]): unknown[] | undefined {
  if (!Array.isArray(value)) return undefined
  const fields: unknown[] = value
  let skeleton: unknown[] | undefined
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index]
    if (typeof field === 'number' || field === null || (typeof field === 'string' && field.length <= longString)) continue
    if (typeof field === 'string') {
      const bytes = Buffer.from(field, 'latin1')
      // Not latin1: text of some other meaning, which JSON carries as it is.
      if (bytes.toString('latin1') !== field) continue
      skeleton ??= [...fields]
      skeleton[index] = { s: pieces.push(bytes) - 1 } satisfies Place
    } else if (field instanceof Uint8Array) {
      skeleton ??= [...fields]
      skeleton[index] = { b: pieces.push(field) - 1 } satisfies Place
    } else if (!isStrings(field)) return undefined
  }
  return skeleton ?? fields
}

function isStrings (field: unknown): boolean {
  if (!Array.isArray(field)) return false
  for (const text of field) if (typeof text !== 'string') return false
  return true
}

function jsonBytes (skeleton: unknown[]): Uint8Array {
  return Buffer.from(JSON.stringify(skeleton))
}

function inflate (body: Uint8Array, pieces: Uint8Array[]): Decoded {
  const fields = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()) as unknown[]
  const transfers: ArrayBuffer[] = []
  for (let index = 0, left = pieces.length; left > 0 && index < fields.length; index++) {
    const field = fields[index]
    if (typeof field !== 'object' || field === null || Array.isArray(field)) continue
    left--
    const { s, b } = field as { s?: number, b?: number }
    const piece = pieces[s ?? b ?? -1]
    if (piece === undefined) throw new RangeError('a message refers to bytes that did not come')
    fields[index] = s === undefined ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1')
    if (s === undefined) transfers.push(piece.buffer as ArrayBuffer)
  }
  return { value: fields, transfers }
}

const isPort = 0
const isBytes = 1

class PieceSerializer extends Serializer {
  readonly pieces: Uint8Array[] = []
  readonly #carry: (port: MessagePort) => number

  constructor (carry: (port: MessagePort) => number) {
    super()
    this.#carry = carry
    privateParts(this)._setTreatArrayBufferViewsAsHostObjects(true)
  }

  /** Called by V8. */
  _writeHostObject (object: unknown): void {
    if (object instanceof MessagePort) {
      this.writeUint32(isPort)
      this.writeUint32(this.#carry(object))
    } else if (ArrayBuffer.isView(object)) {
      this.writeUint32(isBytes)
      this.writeUint32(this.pieces.push(new Uint8Array(object.buffer, object.byteOffset, object.byteLength)) - 1)
    } else throw new TypeError('a message to or from a process holds what cannot leave this process')
  }
}

class PieceDeserializer extends Deserializer {
  readonly transfers: Array<ArrayBuffer | MessagePort> = []
  readonly #pieces: Uint8Array[]
  readonly #open: (channel: number) => MessagePort

  constructor (body: Uint8Array, pieces: Uint8Array[], open: (channel: number) => MessagePort) {
    super(body)
    this.#pieces = pieces
    this.#open = open
  }

  /** Called by V8. */
  _readHostObject (): MessagePort | Uint8Array {
    if (this.readUint32() === isPort) {
      const port = this.#open(this.readUint32())
      this.transfers.push(port)
      return port
    }
    const piece = this.#pieces[this.readUint32()]
    if (piece === undefined) throw new RangeError('a message refers to bytes that did not come')
    this.transfers.push(piece.buffer as ArrayBuffer)
    return piece
  }
}

interface PrivateParts { _setTreatArrayBufferViewsAsHostObjects: (isSo: boolean) => void }

/** Documented (node:v8), but not in its types. */
function privateParts (serializer: Serializer): PrivateParts {
  return serializer as unknown as PrivateParts
}
