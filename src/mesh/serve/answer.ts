// The response of one exchange on its way into frames: in one, when it is whole in one turn; else as fast as credit allows.
import { SendWindow, windowBytes } from '../credit.ts'
import * as frame from '../frame.ts'
import { type RawHeaders } from '../mesh.ts'
import { type Peer } from '../peer.ts'
import { type ReadyHead, type Response } from './message.ts'

export type Done = (error?: Error | null) => void

export interface AnswerEvents {
  /** `end` was called, all is out, and whoever waited for that has been called back. */
  finished: () => void
}

interface Pending { chunk: Uint8Array, done: Done | undefined }

export class Answer {
  status = 0
  response: Response | undefined
  pendingBytes = 0
  readonly #peer: Peer
  readonly #exchange: number
  readonly #events: AnswerEvents
  #statusMessage = ''
  #headers: RawHeaders | undefined
  /** Its body has no length: it may have trailers. */
  #isChunked = false
  /** Bytes that were promised and have not come; -1: none were. */
  #left = -1
  #isAscii = true
  #isHeadOut = false
  /** Body that goes with the head, if the response ends in this turn. */
  #first: frame.Chunk | null = null
  #window: SendWindow | undefined
  #pending: Pending[] = []
  #done: Done[] = []
  #isTickDue = false
  #isEnded = false
  #isOver = false
  /** `write` returned false: someone waits for `drain`. */
  #hasWaiter = false

  constructor (peer: Peer, exchange: number, events: AnswerEvents) {
    this.#peer = peer
    this.#exchange = exchange
    this.#events = events
  }

  get hasHead (): boolean {
    return this.#headers !== undefined
  }

  head ({ status, statusMessage, headers, isChunked, promisedBytes, isAscii }: ReadyHead): void {
    this.status = status
    this.#left = promisedBytes
    this.#statusMessage = statusMessage
    this.#headers = headers
    this.#isChunked = isChunked
    this.#isAscii = isAscii && Buffer.byteLength(statusMessage) === statusMessage.length
  }

  /** False: someone must wait for `drain`, though the chunk was taken. */
  write (given: Uint8Array | string, encoding: BufferEncoding | undefined, done: Done | undefined): boolean {
    this.#schedule()
    if (!this.#isAscii && typeof given === 'string') this.#encodeHead(given, encoding)
    const chunk = this.#left === -1 ? given : this.#promised(given, encoding)
    // flushHeaders() writes nothing, so that the head goes out.
    if (chunk.length === 0 && this.#pending.length === 0) {
      this.callLater(done)
      return !this.#hasWaiter
    }
    const isFirst = !this.#isHeadOut && this.#pending.length === 0
    if (isFirst && this.#first === null && chunk.length <= frame.stringLimitBytes) {
      this.#first = typeof chunk === 'string' ? frame.packText(chunk, encoding, this.#peer.transfers) : frame.pack(chunk, this.#peer.transfers)
      this.callLater(done)
      return true
    }
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
    this.#pending.push({ chunk: bytes, done })
    this.pendingBytes += bytes.byteLength
    if (!isFirst) this.#flush()
    this.#hasWaiter ||= this.pendingBytes > 0 && (!isFirst || this.pendingBytes >= windowBytes)
    return !this.#hasWaiter
  }

  end (): void {
    this.#isEnded = true
    // In one frame, when nothing is out yet and it is small enough to need no credit.
    if (!this.#isHeadOut && this.#left > 0) this.#cutUnsent()
    else if (!this.#isHeadOut && this.#pending.length === 0 && this.#headers !== undefined && this.#trailers() === null) this.#sendWhole(this.#headers)
    else this.#flush()
    this.#schedule()
  }

  credit (bytes: number): void {
    this.#window?.grant(bytes)
    this.#flush()
    if (this.#pending.length === 0) this.#schedule()
  }

  /** node:http calls back after the bytes are out, never inside `write` or `end`: one tick a response does all of it. */
  callLater (done: Done | undefined): void {
    if (typeof done === 'function') this.#done.push(done)
    this.#schedule()
  }

  /** The exchange is over: nothing more goes out. */
  close (): void {
    this.#isOver = true
    this.#pending = []
  }

  tick (): void {
    this.#isTickDue = false
    if (!this.#isEnded) this.#flush()
    const done = this.#done
    if (done.length > 0) {
      this.#done = []
      for (const callback of done) callback()
    }
    this.#drained()
    if (this.#isEnded && this.#isHeadOut && !this.#isOver && this.#pending.length === 0) this.#events.finished()
  }

  /** It ends with less than was promised, and no one has seen any of it. */
  #cutUnsent (): void {
    this.#isHeadOut = true
    this.#pending = []
    this.pendingBytes = 0
    this.#peer.sendNow([frame.cut, this.#exchange])
  }

  /** What is more than was promised is dropped: it would be taken for another answer (RFC 9112 §6.3). */
  #promised (chunk: Uint8Array | string, encoding: BufferEncoding | undefined): Uint8Array | string {
    const length = typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength
    const kept = length <= this.#left ? chunk : (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk).subarray(0, this.#left)
    this.#left -= Math.min(length, this.#left)
    return kept
  }

  /** node:http writes a head together with the text behind it, if it can, and then in that text's encoding; else as latin1. */
  #encodeHead (text: string, encoding: BufferEncoding | undefined): void {
    if (this.#isHeadOut || this.#first !== null || this.#pending.length > 0 || this.#headers === undefined) return
    if (encoding !== undefined && encoding !== 'utf8') return
    if (this.#isChunked && text !== '') return
    this.#statusMessage = utf8AsLatin1(this.#statusMessage)
    this.#headers = this.#headers.map(utf8AsLatin1)
  }

  #schedule (): void {
    if (this.#isTickDue) return
    this.#isTickDue = true
    process.nextTick(tick, this)
  }

  #sendWhole (headers: RawHeaders): void {
    this.#isHeadOut = true
    this.#peer.sendNow([frame.response, this.#exchange, this.status, this.#statusMessage, headers, this.#first, 0])
    this.#first = null
  }

  #sendHead (headers: RawHeaders): void {
    this.#isHeadOut = true
    this.#window = new SendWindow(windowBytes)
    if (this.#first !== null) this.#window.take(frame.sizeOf(this.#first))
    this.#peer.send([frame.response, this.#exchange, this.status, this.#statusMessage, headers, this.#first, frame.streams])
    this.#first = null
  }

  #flush (): void {
    if (this.#isOver) return
    if (!this.#isHeadOut && this.#headers !== undefined) this.#sendHead(this.#headers)
    if (this.#window === undefined) return
    while (this.#window.isOpen) {
      const next = this.#pending.shift()
      if (next === undefined) break
      this.#sendBytes(this.#window, next)
    }
    if (this.#isEnded && this.#pending.length === 0) {
      if (this.#left > 0) this.#peer.sendNow([frame.cut, this.#exchange])
      else this.#peer.sendNow([frame.end, this.#exchange, this.#trailers()])
      this.#window = undefined
    }
  }

  #sendBytes (window: SendWindow, { chunk, done }: Pending): void {
    // A chunk larger than the window goes in pieces, so that one big `end(body)` waits here and not at a slow reader.
    const piece = chunk.byteLength > windowBytes ? chunk.subarray(0, windowBytes / 2) : chunk
    window.take(piece.byteLength)
    this.pendingBytes -= piece.byteLength
    if (piece.byteLength > 0) this.#peer.sendData(this.#exchange, piece)
    if (piece === chunk) this.callLater(done)
    else this.#pending.unshift({ chunk: chunk.subarray(piece.byteLength), done })
  }

  #drained (): void {
    if (!this.#hasWaiter || this.#pending.length > 0) return
    this.#hasWaiter = false
    // Emits `drain`, and clears writableNeedDrain, which no one outside can.
    if (this.response?.finished === false) this.response._flush()
  }

  #trailers (): RawHeaders | null {
    const text = this.response?._trailer ?? ''
    if (text === '' || !this.#isChunked) return null
    return text.trimEnd().split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 2)]
    })
  }
}

function tick (answer: Answer): void {
  answer.tick()
}

function utf8AsLatin1 (text: string): string {
  return Buffer.from(text).toString('latin1')
}
