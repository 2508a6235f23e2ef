import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { choose, type Candidate, type Choice, type Wanted } from '../../src/mesh/serve/choose.ts'

interface Row { ports: Array<number | string>, wanted: Partial<Wanted>, choice: Choice }

const rows: Record<string, Row> = {
  'the one on PORT joins at once': { ports: [9229, 3000], wanted: { portVariable: 3000, hasStarted: false }, choice: { is: 'chosen', index: 1 } },
  'PORT wins over port': { ports: [3000, 4000], wanted: { portVariable: 3000, port: 4000 }, choice: { is: 'chosen', index: 0 } },
  'before the service has started, one elsewhere waits': { ports: [4000], wanted: { hasStarted: false }, choice: { is: 'waiting' } },
  'the only one joins': { ports: [4000], wanted: {}, choice: { is: 'chosen', index: 0 } },
  'a closed one does not count': { ports: ['closed', 4000], wanted: {}, choice: { is: 'chosen', index: 1 } },
  'of several the one that port names joins': { ports: [4000, 5000], wanted: { port: 5000 }, choice: { is: 'chosen', index: 1 } },
  'of several the one that the arguments name joins': { ports: [35729, 4000], wanted: { args: ['serve', '--port', '4000'] }, choice: { is: 'chosen', index: 1 } },
  'arguments may name it together with other words': { ports: [35729, 4000], wanted: { args: ['--listen=tcp://0.0.0.0:4000', '14000', '1.4000'] }, choice: { is: 'chosen', index: 1 } },
  'arguments that name several are ambiguous': { ports: [4000, 5000], wanted: { args: ['-p=4000', '-q=5000'] }, choice: { is: 'ambiguous', ports: [4000, 5000] } },
  'port wins over the arguments': { ports: [4000, 5000], wanted: { port: 5000, args: ['-p=4000'] }, choice: { is: 'chosen', index: 1 } },
  'several and no name is ambiguous': { ports: [4000, 5000], wanted: {}, choice: { is: 'ambiguous', ports: [4000, 5000] } },
  'two on any port are ambiguous': { ports: [0, 0], wanted: { port: 3000 }, choice: { is: 'ambiguous', ports: [0, 0] } },
  'two on one port are one server': { ports: [4000, 4000], wanted: {}, choice: { is: 'chosen', index: 0 } },
  'no server at all is none': { ports: ['closed'], wanted: {}, choice: { is: 'none' } },
  'port 0 is never PORT': { ports: [0, 5000], wanted: { portVariable: 0 }, choice: { is: 'ambiguous', ports: [0, 5000] } }
}

for (const [name, { ports, wanted, choice }] of Object.entries(rows)) {
  test(name, () => {
    const candidates = ports.map((port): Candidate => typeof port === 'number' ? { port, isListening: true } : { port: 7000, isListening: false })
    assert.deepEqual(choose(candidates, { portVariable: undefined, port: undefined, hasStarted: true, ...wanted }), choice)
  })
}

test('a server that is closed is never chosen', () => {
  const candidate = fc.record({ port: fc.integer({ min: 0, max: 3 }), isListening: fc.boolean() })
  const port = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined })
  fc.assert(fc.property(fc.array(candidate), port, port, fc.boolean(), (candidates, portVariable, named, hasStarted) => {
    const choice = choose(candidates, { portVariable, port: named, hasStarted })
    if (choice.is === 'chosen') assert.equal(candidates[choice.index]?.isListening, true)
  }))
})
