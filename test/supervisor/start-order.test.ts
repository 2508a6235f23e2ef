// Who starts after whom, and what a cycle is told as.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { threadGroups } from '../../src/api/thread-group.ts'
import { dependencyCycle, groupDependents, startable, startLevels, stoppable, type Dependent } from '../../src/supervisor/start-order.ts'
import { service } from './support.ts'

/** "a > b c, b" reads: a depends on b and c; b on nothing. */
function services (text: string): Dependent[] {
  return text.split(', ').map((part) => {
    const [name = '', others] = part.split(' > ')
    return { name, dependsOn: others?.split(' ') ?? [] }
  })
}

const levels: Record<string, [string, string[][]]> = {
  'services without dependencies start together': ['a, b', [['a', 'b']]],
  'a service starts after those it depends on': ['a > b, b > c, c', [['c'], ['b'], ['a']]],
  'two that share a dependency start together': ['a > c, b > c, c', [['c'], ['a', 'b']]],
  'the members of a cycle and what hangs on them are in no level': ['a > b, b > a, c > a, d', [['d']]]
}
for (const [name, [text, expected]] of Object.entries(levels)) test(name, () => assert.deepEqual(startLevels(services(text)), expected))

const cycles: Record<string, [string, string[] | undefined]> = {
  'no cycle is none': ['a > b, b', undefined],
  'a service that depends on itself is a cycle': ['a > a', ['a', 'a']],
  'a cycle is told in its order': ['a > b, b > c, c > a', ['a', 'b', 'c', 'a']],
  'what only hangs on a cycle is not told': ['a > b, b > c, c > b', ['b', 'c', 'b']],
  'an unknown service is not a cycle': ['a > z', undefined]
}
for (const [name, [text, expected]] of Object.entries(cycles)) test(name, () => assert.deepEqual(dependencyCycle(services(text)), expected))

test('a service may start once each of its dependencies has settled', () => {
  const shop = services('orders > products payments, products, payments')
  assert.deepEqual(startable(shop, new Set(), new Set()), ['products', 'payments'])
  assert.deepEqual(startable(shop, new Set(['products', 'payments']), new Set(['products'])), [])
  assert.deepEqual(startable(shop, new Set(['products', 'payments']), new Set(['products', 'payments'])), ['orders'])
})

test('a service may stop once all that depend on it have stopped', () => {
  const shop = services('orders > products payments, products, payments')
  assert.deepEqual(stoppable(shop, new Set(), new Set()), ['orders'])
  assert.deepEqual(stoppable(shop, new Set(['orders']), new Set(['orders'])), ['products', 'payments'])
})

test('services that share a thread wait for what any of them waits for, and not for each other', () => {
  const groups = threadGroups({ services: [service('a', { thread: 't', dependsOn: ['b', 'c'] }), service('b', { thread: 't', dependsOn: ['c'] }), service('c', { dependsOn: ['d'] }), service('d')] })
  assert.deepEqual(groupDependents(groups), [{ name: 't', dependsOn: ['c'] }, { name: 'c', dependsOn: ['d'] }, { name: 'd', dependsOn: [] }])
})

const anyGraph = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { minLength: 1 }).chain((names) =>
  fc.tuple(...names.map((name) => fc.subarray(names).map((dependsOn) => ({ name, dependsOn })))))

test('an app either starts whole, in an order that holds, or has a cycle', () => {
  fc.assert(fc.property(anyGraph, (graph) => {
    const order = startLevels(graph).flat()
    const cycle = dependencyCycle(graph)
    assert.equal(order.length === graph.length, cycle === undefined)
    for (const { name, dependsOn } of graph) {
      if (order.includes(name)) for (const other of dependsOn) assert.ok(order.indexOf(other) < order.indexOf(name))
    }
    cycle?.slice(1).forEach((name, i) => assert.ok(graph.find((service) => service.name === cycle[i])?.dependsOn.includes(name)))
  }))
})
