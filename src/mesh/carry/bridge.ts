// MessagePorts over a pipe to another process: whoever holds the other end of a port cannot tell that it was carried.
// A port that is found in a message stays on its side, and gets a channel; the other side makes a port of its own for it. Frames
// are bounded by the mesh's own flow control (credit.ts), so nothing is held back here.
import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { decode, encode } from './codec.ts'
import { PacketReader, toBytes, type Packet } from './wire.ts'

export interface BridgePorts {
  /** To the pipe, in this order, after all that was written before. */
  write: (bytes: Uint8Array[]) => void
  /** What the other side's `send` was given. */
  heard: (message: unknown) => void
}

/** Which of the two sides this is: each gives out numbers that the other never does. */
export type Side = 'parent' | 'child'

/** The bridges' own words to each other. */
interface Closed { closed: number }

const mainChannel = 0
const bridgeChannel = 1
const firstChannel = { parent: 2, child: 3 }

export class Bridge {
  readonly #ports: BridgePorts
  readonly #carried = new Map<number, MessagePort>()
  readonly #reader: PacketReader
  #nextChannel: number
  #isClosed = false

  constructor (side: Side, ports: BridgePorts) {
    this.#nextChannel = firstChannel[side]
    this.#ports = ports
    this.#reader = new PacketReader((packet) => this.#take(packet))
  }

  /** Ports inside of the message are carried from now on. */
  send (message: unknown): void {
    this.#write(mainChannel, message)
  }

  /** What came over the pipe. @throws when it is not what a bridge writes: the other side is broken then */
  read (chunk: Uint8Array): void {
    this.#reader.push(chunk)
  }

  /** Sends what waits in ports at this moment; one that is being read goes on by itself. */
  drain (except?: MessagePort): void {
    for (const [channel, port] of this.#carried) {
      if (port === except) continue
      for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) this.#write(channel, next.message)
    }
  }

  /** The pipe is gone: so are all ports, once what they had been given is read. */
  close (): void {
    this.#isClosed = true
    for (const port of this.#carried.values()) port.close()
    this.#carried.clear()
  }

  #carry (port: MessagePort, channel: number): void {
    this.#carried.set(channel, port)
    port.on('message', (message: unknown) => {
      // Words about others (who is there, who has ended) come after what those others had said: as between threads, where
      // whoever hears that a worker has ended finds its last frames in its port.
      if (!Array.isArray(message)) this.drain(port)
      this.#write(channel, message)
    })
    port.on('close', () => {
      if (this.#carried.delete(channel)) this.#write(bridgeChannel, { closed: channel } satisfies Closed)
    })
    // Who keeps a thread alive is the other end's to say.
    port.unref()
  }

  #write (channel: number, message: unknown): void {
    if (this.#isClosed) return
    const encoded = encode(message, (port) => {
      const mine = this.#nextChannel
      this.#nextChannel += 2
      this.#carry(port, mine)
      return mine
    })
    this.#ports.write(toBytes({ channel, ...encoded }))
  }

  #take (packet: Packet): void {
    const { value, transfers } = decode(packet, (channel) => {
      const { port1, port2 } = new MessageChannel()
      this.#carry(port2, channel)
      return port1
    })
    switch (packet.channel) {
      case mainChannel: return this.#ports.heard(value)
      case bridgeChannel: return this.#over((value as Closed).closed)
      // Unknown: it was closed here while this was on its way.
      default: this.#carried.get(packet.channel)?.postMessage(value, transfers)
    }
  }

  #over (channel: number): void {
    const port = this.#carried.get(channel)
    this.#carried.delete(channel)
    port?.close()
  }
}
