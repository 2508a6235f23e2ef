// Memory that two threads share for long bodies: what is lent comes whole, and every slot comes back.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import fc from 'fast-check'
import * as frame from '../../src/mesh/frame.ts'
import { Link } from '../../src/mesh/link.ts'
import { PortPeer } from '../../src/mesh/peer.ts'
import { Borrower, Lender, Loan, lentAt } from '../../src/mesh/slots.ts'
import { Turn } from '../../src/mesh/turn.ts'
import { Cluster } from './cluster.ts'

test('bytes that are lent and given back in any order are whole, and none lie where others still do', () => {
  const step = fc.oneof(fc.integer({ min: 1, max: 200_000 }).map((size) => ({ size })), fc.nat().map((end) => ({ end })))
  fc.assert(fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
    const lender = new Lender()
    const borrower = new Borrower(lender.memory)
    const held: Array<{ loan: Loan, bytes: Buffer }> = []
    for (const now of steps) {
      if ('size' in now) {
        const bytes = randomBytes(now.size)
        const size = lentAt(bytes, 0)
        const place = lender.lend(bytes, 0)
        if (place !== -1) held.push({ loan: borrower.borrow(place), bytes: bytes.subarray(0, size) })
      } else {
        const [one] = held.splice(now.end % Math.max(1, held.length), 1)
        if (one === undefined) continue
        assert.deepEqual(one.loan.framed('<', '>'), Buffer.concat([Buffer.from('<'), one.bytes, Buffer.from('>')]))
        one.loan.end()
      }
    }
    for (const { loan, bytes } of held) assert.deepEqual(loan.take(), bytes)
  }), { numRuns: 50 })
})

test('a slot that is given back twice is lent once', () => {
  const lender = new Lender()
  const first = new Borrower(lender.memory).borrow(lender.lend(Buffer.from('a'), 0))
  first.end()
  const place = lender.lend(Buffer.from('b'), 0)
  first.end()
  assert.notEqual(lender.lend(Buffer.from('c'), 0), place)
})

test('what frames the bytes must fit around them', () => {
  const lender = new Lender()
  const loan = new Borrower(lender.memory).borrow(lender.lend(Buffer.from('a'), 0))
  assert.equal(loan.framed('x'.repeat(100_000), ''), undefined)
  assert.equal(loan.framed('', 'x'.repeat(100_000)), undefined)
  assert.deepEqual(loan.framed('', ''), Buffer.from('a'))
})

test('a body for whom nobody gives back is whole all the same: when no slot is free, bytes travel on their own', async () => {
  const { port1, port2 } = new MessageChannel()
  const sent = randomBytes(40 * 2 ** 20 + 17)
  const kept: Loan[] = []
  const got: Buffer[] = []
  let all = 0
  const whole = Promise.withResolvers<void>()
  const near = new PortPeer(port1, new Turn(), { read () {}, closed () {} }, true)
  assert.ok(new PortPeer(port2, new Turn(), {
    borrows: true,
    read (_kind, _exchange, batch, at) {
      const chunk = batch[at + 2] as frame.Chunk | Loan
      if (chunk instanceof Loan) kept.push(chunk)
      const bytes = chunk instanceof Loan ? chunk.framed('', '') ?? Buffer.alloc(0) : frame.unpack(chunk)
      got.push(bytes)
      all += bytes.byteLength
      if (all === sent.byteLength) whole.resolve()
    },
    closed () {}
  }, true))
  near.sendData(1, sent)
  await whole.promise
  assert.ok(Buffer.concat(got).equals(sent))
  assert.ok(kept.length > 100 && got.length > kept.length)
  near.close()
})

test('bytes for a call that is over, or that takes none, are given back', async () => {
  const { port1, port2 } = new MessageChannel()
  const lender = new Lender()
  const place = lender.lend(Buffer.alloc(20_000), 0)
  assert.ok(new Link(1, (events) => new PortPeer(port1, new Turn(), events, true), { leaving () {}, lost () {} }))
  port2.postMessage([frame.lends, 0, lender.memory, frame.data, 99, place, frame.goaway, 0])
  await once(port2, 'message')
  assert.equal(lender.lend(Buffer.alloc(20_000), 0), place)
  port2.close()
})

test('a caller that is given loans, pauses, and gives up or goes on: bytes are whole, and each slot comes back', async () => {
  await using cluster = new Cluster(['shop'])
  await cluster.start('shop', 'http-service.ts')
  const mesh = cluster.join()

  async function pour (mib: number, upTo: number): Promise<{ bytes: number, loans: number }> {
    let bytes = 0
    let loans = 0
    await new Promise<void>((resolve, reject) => {
      const exchange = mesh.request('shop', { method: 'GET', path: `/big?mib=${mib}`, headers: ['host', 'shop'] }, null, {
        onHead () {},
        onData (chunk) { bytes += chunk.byteLength },
        onLoan (loan) {
          loans++
          bytes += loan.framed('', '')?.byteLength ?? 0
          exchange.pause()
          setImmediate(() => {
            loan.end()
            if (loans < upTo) return exchange.resume()
            exchange.abort()
            resolve()
          })
        },
        onEnd: () => resolve(),
        onError: reject
      })
    })
    return { bytes, loans }
  }

  const before = await pour(4, Infinity)
  // What is given up has three and more on the way: there would be none left.
  for (let count = 0; count < 100; count++) await pour(4, 2)
  assert.deepEqual(await pour(4, Infinity), before)
  assert.equal(before.bytes, 4 * 2 ** 20)
  assert.ok(before.loans >= 64)
})
