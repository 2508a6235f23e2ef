// The answers of one connection as bytes, one after the other (RFC 9112 §6 and §7): as few writes as there can be, since each
// is a system call. Small pieces are joined as text of one byte a character, whatever the bytes mean.
import type { Socket } from 'node:net'
import type { Loan } from '../../mesh/mesh.ts'

/** How a client finds the end of an answer. */
export type Framing =
  /** There is no body. */
  | 'none'
  /** Content-Length says it. */
  | 'sized'
  | 'chunked'
  /** The connection ends with it: for HTTP/1.0. */
  | 'close'

/** A copy of so much costs less than a second piece of a write. */
const joinBytes = 16 * 1024
/** Leading zeros of a chunk's size that are sure to be understood. */
const maxZeros = 4

export class AnswerWriter {
  /** Of bodies, of the answer at hand. */
  sentBytes = 0
  readonly #socket: Socket
  /** What goes out before anything else: a head that waits for its body, or the rest of a probe. */
  #before = ''
  #framing: Framing = 'none'
  #isBegun = false
  #zeros = 0

  constructor (socket: Socket) {
    this.#socket = socket
  }

  /** Another request's answer is next. */
  reset (): void {
    this.sentBytes = 0
  }

  /** 1xx (RFC 9110 §15.2). `fields`: lines. */
  inform (status: number, reason: string, fields: string): void {
    this.#send(`HTTP/1.1 ${status} ${reason}\r\n${fields}\r\n`, undefined, '')
  }

  /** The head, empty line included. It waits for the first piece of the body, or for `flush`. */
  begin (head: string, framing: Framing): void {
    this.#before += head
    this.#framing = framing
    this.#isBegun = true
    this.#zeros = 0
  }

  /** 101, whole: what follows is another protocol's. */
  switchOver (head: string): void {
    this.#send(head, undefined, '')
  }

  flush (): void {
    if (this.#before !== '') this.#send('', undefined, '')
  }

  /** False: wait for the socket's 'drain', though the piece was taken. */
  write (piece: Uint8Array): boolean {
    if (this.#framing === 'none' || piece.byteLength === 0) return true
    this.sentBytes += piece.byteLength
    if (this.#framing !== 'chunked') return this.#send('', piece, '')
    return this.#send(this.#chunkHead(piece.byteLength), piece, '\r\n')
  }

  /** Likewise; gives it back when the kernel has it. */
  writeLoan (loan: Loan): boolean {
    this.sentBytes += loan.byteLength
    const head = this.#before + (this.#framing === 'chunked' ? this.#chunkHead(loan.byteLength) : '')
    const whole = loan.framed(head, this.#framing === 'chunked' ? '\r\n' : '')
    if (whole !== undefined) {
      this.#before = ''
      return this.#socket.write(whole, loan.end)
    }
    this.flush()
    return this.writeLoan(loan)
  }

  /** `last`: the last piece, as bytes or as text of one byte a character. `trailers`: lines. */
  end (last: Uint8Array | string, trailers: string): void {
    const length = this.#framing === 'none' ? 0 : last.length
    this.sentBytes += length
    const piece = length === 0 ? '' : last
    this.#isBegun = false
    if (this.#framing !== 'chunked') this.#send('', piece, '')
    else if (length === 0) this.#send('', '', `0\r\n${trailers}\r\n`)
    else this.#send(this.#chunkHead(length), piece, `\r\n0\r\n${trailers}\r\n`)
  }

  /**
   * Sends what means nothing, to learn whether a client that ended its half is still there: one that is not answers with a reset,
   * which the write after it tells of. Between requests and answers of HTTP/1.1 that is a piece of a 102, within chunks a zero before
   * the next size. False: nothing such can be said here.
   */
  probe (): boolean {
    if (!this.#isBegun) {
      const isHalf = this.#before !== ''
      this.#before = ''
      this.#socket.write(isHalf ? '\r\n' : 'HTTP/1.1 102 Processing\r\n', 'latin1')
      if (!isHalf) this.#before = '\r\n'
      return true
    }
    if (this.#framing !== 'chunked' || this.#before !== '' || this.#zeros === maxZeros) return false
    this.#zeros++
    this.#socket.write('0', 'latin1')
    return true
  }

  #chunkHead (length: number): string {
    this.#zeros = 0
    return `${length.toString(16)}\r\n`
  }

  #send (head: string, piece: Uint8Array | string | undefined, tail: string): boolean {
    const socket = this.#socket
    const before = this.#before + head
    this.#before = ''
    if (piece === undefined) return socket.write(before, 'latin1')
    if (typeof piece === 'string') return before === '' && piece === '' && tail === '' ? true : socket.write(before + piece + tail, 'latin1')
    if (piece.byteLength <= joinBytes) return socket.write(before + textOf(piece) + tail, 'latin1')
    if (before === '' && tail === '') return socket.write(piece)
    socket.cork()
    if (before !== '') socket.write(before, 'latin1')
    const isRoom = socket.write(piece)
    if (tail !== '') socket.write(tail, 'latin1')
    socket.uncork()
    return isRoom
  }
}

function textOf (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
