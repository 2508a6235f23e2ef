// What is posted to a carried port arrives as a MessagePort would deliver it, in whatever chunks the pipe cuts it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import fc from 'fast-check'
import { decode, encode } from '../../../src/mesh/carry/codec.ts'
import { PacketReader, toBytes, type Packet } from '../../../src/mesh/carry/wire.ts'

const noPort = (): never => { throw new Error('there is no port in it') }

function packetOf (value: unknown, channel = 7): Packet {
  return { channel, ...encode(value, noPort) }
}

/** All packets of these bytes, each decoded, and where it was for. */
function read (chunks: Iterable<Uint8Array>): Array<{ channel: number, value: unknown }> {
  const heard: Array<{ channel: number, value: unknown }> = []
  const reader = new PacketReader((packet) => heard.push({ channel: packet.channel, value: decode(packet, noPort).value }))
  for (const chunk of chunks) reader.push(chunk)
  return heard
}

function bytesOf (value: unknown, channel?: number): Buffer {
  return Buffer.concat(toBytes(packetOf(value, channel)))
}

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1020, maxLength: 1030 }),
  fc.uint8Array({ minLength: 1020, maxLength: 3000 }).map((bytes) => Buffer.from(bytes).toString('latin1')))
const batch = fc.array(fc.oneof(fc.integer(), anyText, fc.constant(null), fc.array(anyText, { maxLength: 4 }), fc.uint8Array()), { maxLength: 12 })

test('a batch of frames arrives as it was', () => {
  fc.assert(fc.property(batch, (frames) => {
    assert.deepEqual(read([bytesOf(frames)]), [{ channel: 7, value: frames }])
  }))
})

test('packets arrive one by one, however the bytes are cut', () => {
  fc.assert(fc.property(fc.array(batch, { minLength: 1, maxLength: 4 }), fc.array(fc.nat({ max: 40 }), { minLength: 1 }), (batches, cuts) => {
    const bytes = Buffer.concat(batches.map((frames, index) => bytesOf(frames, index)))
    function * chunks (): Generator<Uint8Array> {
      for (let at = 0, index = 0; at < bytes.length; index++) {
        const size = Math.max(1, cuts[index % cuts.length] ?? 1)
        yield bytes.subarray(at, at += size)
      }
    }
    assert.deepEqual(read(chunks()), batches.map((value, channel) => ({ channel, value })))
  }), { numRuns: 50 })
})

test('a packet that is not whole is not heard', () => {
  const bytes = bytesOf([1, 'text', new Uint8Array(300)])
  for (let end = 0; end < bytes.length; end++) assert.deepEqual(read([bytes.subarray(0, end)]), [])
})

test('messages that are no frames arrive by structured clone', () => {
  const message = { type: 'ready', at: new Date(0), list: [1, undefined, { a: new Map([[1, 'b']]) }], chunk: new Uint8Array([1, 2, 3]), error: 'é 🦉' }
  assert.deepEqual(read([bytesOf(message)]), [{ channel: 7, value: message }])
})

test('a view arrives without what lies around it', () => {
  const around = new Uint8Array(1000).fill(1)
  const [heard] = read([bytesOf([around.subarray(10, 20)])])
  assert.equal((heard?.value as [Uint8Array])[0].buffer.byteLength, 10)
})

test('a port in a message becomes a port of the other side', () => {
  const { port1, port2 } = new MessageChannel()
  const carried: MessagePort[] = []
  const encoded = encode({ type: 'accept', port: port1 }, (port) => {
    carried.push(port)
    return 5
  })
  const { value, transfers } = decode(encoded, (channel) => {
    assert.equal(channel, 5)
    return port2
  })
  assert.deepEqual(carried, [port1])
  assert.equal((value as { port: MessagePort }).port, port2)
  assert.deepEqual(transfers, [port2])
  port1.close()
})

test('what is no packet is refused at its first bytes', () => {
  for (const bytes of ['GET / HTTP/1.1\r\nhost: a\r\n\r\n', '\0'.repeat(64), 'x'.repeat(64)]) {
    assert.throws(() => read([Buffer.from(bytes)]), RangeError)
  }
})

test('whatever comes over a pipe, nothing but an error comes of it', () => {
  fc.assert(fc.property(fc.oneof(batch, fc.anything({ withDate: true, withMap: true, withSet: true, withTypedArray: true })), fc.nat(), fc.nat({ max: 255 }), (message, at, byte) => {
    const bytes = bytesOf(message)
    bytes[at % bytes.length] = byte
    try {
      read([bytes])
    } catch (thrown) {
      assert.ok(thrown instanceof Error)
    }
  }))
})
