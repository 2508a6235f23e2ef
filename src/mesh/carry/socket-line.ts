// A line to a member of the mesh in another process: a Unix socket that behaves as a MessagePort does. Nobody lies between, so a
// call to a process costs what the kernel takes; flow control is the mesh's own (credit.ts), as with ports.
import { connect, type Socket } from 'node:net'
import { MessageChannel } from 'node:worker_threads'
import type { Batch } from '../frame.ts'
import type { Line } from '../peer.ts'
import { decode, encode } from './codec.ts'
import type { Meeting } from './meeting.ts'
import { readRest, readRestOnError } from './rest.ts'
import { PacketReader, toBytes } from './wire.ts'

/** Read at once, into the same memory each time. */
const readBytes = 65_536

export class SocketLine implements Line {
  #socket: Socket | undefined
  #reader: PacketReader | undefined
  /** Written before there is a socket. */
  #unsent: Uint8Array[] = []
  /** Came before somebody listened, along with another, or while all that has come is asked for. */
  #unread: Batch[] = []
  #heard: ((batch: Batch) => void) | undefined
  #closed: (() => void) | undefined
  #isAsked = false
  /** One was told of in this tick. */
  #hasTold = false
  #isGone = false
  #isClosed = false
  readonly #forgotten: () => void
  /** Keeps the worker alive as an open port does; a socket would be taken for work of the service's own when it leaves (drain.ts). */
  readonly #token = new MessageChannel().port1

  /** @param forgotten it was closed before it had a socket */
  constructor (forgotten = (): void => {}) {
    this.#forgotten = forgotten
  }

  /** The near end of a line to whoever listens there. */
  static to ({ path, secret }: Meeting): SocketLine {
    const line = new SocketLine()
    const reader = readBatches((batch) => line.hear(batch))
    const socket = connect({
      path,
      onread: {
        buffer: new Uint8Array(readBytes),
        callback (size, buffer) {
          line.#read(buffer.subarray(0, size))
          return true
        }
      }
    })
    line.attach(socket, reader)
    line.postMessage([secret])
    return line
  }

  /** @param reader where its bytes go: what they hold is told by `hear` */
  attach (socket: Socket, reader: PacketReader): void {
    this.#reader = reader
    socket.unref()
    socket.on('error', () => {})
    socket.on('close', () => this.#gone())
    readRestOnError(socket, (chunk) => this.#read(chunk))
    this.#socket = socket
    if (this.#isClosed) socket.destroy()
    else this.#write(this.#unsent.splice(0))
  }

  hear (batch: Batch): void {
    if (this.#isClosed) return
    if (this.#heard === undefined || this.#isAsked || this.#hasTold || this.#unread.length > 0) this.#unread.push(batch)
    else this.#tell(batch, this.#heard)
  }

  postMessage (batch: Batch): void {
    if (this.#isClosed || this.#isGone) return
    const bytes = toBytes({ channel: 0, ...encode(batch, noPorts) })
    if (this.#socket === undefined) this.#unsent.push(...bytes)
    else this.#write(bytes)
  }

  on (event: 'message' | 'close', listener: (batch: Batch) => void): void {
    if (event === 'close') this.#closed = listener as () => void
    else this.#heard = listener
    this.#token.ref()
    if (this.#unread.length > 0 || this.#isGone) process.nextTick(goOn, this)
  }

  /** What the other side had said before it ended: read now, as receiveMessageOnPort does. */
  rest (): Batch[] {
    this.#isAsked = true
    readRest(this.#socket, (chunk) => this.#read(chunk))
    this.#isAsked = false
    return this.#unread.splice(0)
  }

  close (): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#token.close()
    if (this.#socket === undefined) this.#forgotten()
    // What was written goes out first.
    else this.#socket.end()
  }

  #write (bytes: Uint8Array[]): void {
    const socket = this.#socket
    const [only, more] = bytes
    if (socket === undefined || only === undefined) return
    if (more === undefined) {
      socket.write(only)
      return
    }
    socket.cork()
    for (const piece of bytes) socket.write(piece)
    socket.uncork()
  }

  #read (chunk: Uint8Array): void {
    try {
      this.#reader?.push(chunk)
    } catch {
      // No words of ours: whoever said them is not to be trusted with anything.
      this.#socket?.destroy()
    }
  }

  /**
   * One batch at a time, as a port does: what comes of it (a write that waits for the end of the tick) is done before the next is
   * told, though the socket gave both at once. Else a response that is cut would be lost with what came before the cut.
   */
  #tell (batch: Batch, heard: (batch: Batch) => void): void {
    this.#hasTold = true
    try {
      heard(batch)
    } catch (thrown) {
      // Of the service's own code: uncaught, and no reason to distrust who said it.
      process.nextTick(() => { throw thrown })
    }
    process.nextTick(goOn, this)
  }

  /** For goOn. */
  next (): void {
    this.#hasTold = false
    if (this.#heard === undefined || this.#isClosed) return
    const batch = this.#unread.shift()
    if (batch !== undefined) this.#tell(batch, this.#heard)
    else if (this.#isGone) this.#gone()
  }

  #gone (): void {
    this.#isGone = true
    if (this.#isClosed || this.#hasTold || this.#unread.length > 0) return
    this.#token.close()
    this.#closed?.()
  }
}

/** After the ticks and the microtasks that are due. */
function goOn (line: SocketLine): void {
  queueMicrotask(() => line.next())
}

export function readBatches (heard: (batch: Batch) => void): PacketReader {
  return new PacketReader((packet) => {
    const { value } = decode(packet, noPorts)
    if (!Array.isArray(value)) throw new RangeError('frames come in batches')
    heard(value as Batch)
  })
}

function noPorts (): never {
  throw new TypeError('frames hold no ports')
}
