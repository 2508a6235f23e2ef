// Reads all sockets of the thread into the same memory, one after the other. Node.js else makes 64 KiB for each read, and what a
// body's bytes then cost is mostly that: new pages for each, and the collector that frees them.
import type { Socket } from 'node:net'

const readBytes = 65_536

/** Private to net.Socket, alike in Node.js 24 and 26. */
interface Inner { _handle: { useUserBuffer?: (buffer: Uint8Array) => void } | null }

export class Reading {
  readonly #buffer = Buffer.allocUnsafeSlow(readBytes)
  #names: { buffer: symbol, callback: symbol } | undefined

  /** `heard` gets what comes; the bytes are its own only until it returns. */
  begin (socket: Socket, heard: (bytes: Buffer) => void): void {
    const buffer = this.#buffer
    const handle = (socket as unknown as Inner)._handle
    this.#names ??= namesOf(socket)
    // As the option `onread` of a socket that dials, which one that was accepted cannot be given.
    if (this.#names === undefined || handle?.useUserBuffer === undefined) {
      socket.on('data', heard)
      return
    }
    Reflect.set(socket, this.#names.buffer, buffer)
    Reflect.set(socket, this.#names.callback, (size: number) => { heard(buffer.subarray(0, size)) })
    handle.useUserBuffer(buffer)
  }
}

function namesOf (socket: Socket): { buffer: symbol, callback: symbol } | undefined {
  const names = new Map(Object.getOwnPropertySymbols(socket).map((symbol) => [symbol.description, symbol]))
  const buffer = names.get('kBuffer')
  const callback = names.get('kBufferCb')
  return buffer === undefined || callback === undefined ? undefined : { buffer, callback }
}
