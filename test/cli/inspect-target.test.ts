// What debuggers are shown, and who may be one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOwnAnswer, letsRun, stopAtFirstLine } from '../../src/cli/inspect/first-line.ts'
import { isLocalName, listing, mayDebug, targetsOf, type Inspected } from '../../src/cli/inspect/target.ts'

const worker = (id: number, services: string[], isLeaving = false): Inspected => ({ id, services, isLeaving })

const lists: Record<string, { workers: Inspected[], are: string[] }> = {
  'a worker a service': { workers: [worker(2, ['web']), worker(3, ['api'])], are: ['web → 2', 'api → 3'] },
  'one that leaves makes place for the next': { workers: [worker(2, ['web'], true), worker(7, ['web'])], are: ['web → 7'] },
  'more workers of a service have numbers': { workers: [worker(2, ['web']), worker(3, ['web'])], are: ['web → 2', 'web/3 → 3'] },
  'services that share a thread are one each': { workers: [worker(2, ['web', 'api'])], are: ['web → 2', 'api → 2'] },
  'nothing runs': { workers: [worker(2, ['web'], true)], are: [] }
}
for (const [name, { workers, are }] of Object.entries(lists)) {
  test(`targets: ${name}`, () => assert.deepEqual(targetsOf(workers).map(({ id, worker }) => `${id} → ${worker}`), are))
}

test('a target is listed as Node lists its own, at the address that was asked', () => {
  const listed = listing({ id: 'api/3', service: 'api' }, 'localhost:9229')
  assert.deepEqual([listed['title'], listed['type'], listed['webSocketDebuggerUrl']], ['api/3', 'node', 'ws://localhost:9229/api/3'])
  assert.match(listed['devtoolsFrontendUrl'] ?? '', /^devtools:.*&ws=localhost:9229\/api\/3$/)
})

const hosts: Array<[string | undefined, boolean]> = [
  ['127.0.0.1:9229', true], ['localhost:9229', true], ['LOCALHOST', true], ['[::1]:9229', true], ['10.0.0.7', true],
  ['evil.example:9229', false], ['localhost.evil.example', false], ['127.0.0.1.evil.example', false], ['', false], [undefined, false]
]
for (const [host, is] of hosts) test(`the name ${String(host)} is ${is ? '' : 'not '}taken`, () => assert.equal(isLocalName(host), is))

const origins: Array<[string | undefined, boolean]> = [
  [undefined, true], ['devtools://devtools', true], ['chrome-devtools://devtools', true],
  ['http://localhost:3000', false], ['https://devtools.example', false], ['null', false], ['file://', false], ['http://devtools://x', false]
]
for (const [origin, may] of origins) test(`the origin ${String(origin)} may ${may ? '' : 'not '}debug`, () => assert.equal(mayDebug(origin), may))

test('the stop at the first line is set for the file alone, whatever its name, and its answer is ours', () => {
  const { id, params } = JSON.parse(stopAtFirstLine('file:///app/a%20(b)/i.js', '/app/a (b)/i.js')) as { id: number, params: { urlRegex: string } }
  const pattern = new RegExp(params.urlRegex)
  const matched = ['file:///app/a%20(b)/i.js', '/app/a (b)/i.js', 'file:///app/a%20(b)/ixjs', '/other/app/a (b)/i.js'].map((url) => pattern.test(url))
  assert.deepEqual(matched, [true, true, false, false])
  assert.deepEqual([isOwnAnswer(`{"id":${id},"result":{}}`), isOwnAnswer('{"id":1,"result":{}}')], [true, false])
  assert.deepEqual([letsRun('{"id":3,"method":"Runtime.runIfWaitingForDebugger"}'), letsRun('{"id":3,"method":"Runtime.enable"}')], [true, false])
})
