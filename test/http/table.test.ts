// HTTP through WattApp is HTTP over a connection: one table of cases, said byte for byte to a plain node:http server and to the
// same program as a service, and the transcripts are equal but for what transcript.ts lists and the rows themselves declare.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { ServiceConfig } from '../../src/api/app-config.ts'
import { startSupervisor, type Supervisor } from '../../src/supervisor/supervisor.ts'
import { app, route, service } from '../supervisor/support.ts'
import { bytesOf, prefix, type Case } from './cases/case.ts'
import { connections } from './cases/connections.ts'
import { requests } from './cases/requests.ts'
import { responses } from './cases/responses.ts'
import { exchange, type Script, type Told, type Where } from './exchange.ts'
import type { Asked } from './fixtures/caller.ts'
import { create } from './fixtures/service.ts'
import { messagesOf, transcript } from './transcript.ts'

/** Where the service may run: a row each, with what its config says besides. */
const placements: Record<string, Pick<Partial<ServiceConfig>, 'thread' | 'isolation'>> = {
  thread: {},
  shared: { thread: 'common' },
  process: { isolation: 'process' }
}

/** Of rows that say no other. */
const plainPlacement = 'thread'

const cases: Record<string, Case> = { ...requests, ...responses, ...connections }

const plain = create()
let supervisor: Supervisor
let direct: Where
let gateway: Where

before(async () => {
  plain.listen(0, '127.0.0.1')
  await once(plain, 'listening')
  direct = { host: '127.0.0.1', port: (plain.address() as AddressInfo).port }
  supervisor = await startSupervisor({
    config: app([
      ...Object.entries(placements).map(([name, fields]) => service(name, { path: 'service.ts', routes: [route(`/${name}`)], ...fields })),
      service('caller', { path: 'caller.ts', routes: [route('/caller')] }),
      service('neighbour', { path: 'caller.ts', routes: [route('/neighbour')], thread: 'common' })
    ]),
    root: fileURLToPath(new URL('fixtures/', import.meta.url)),
    fileEnv: () => ({}),
    http: { host: '127.0.0.1', port: 0 },
    admin: undefined,
    baseEnv: { PATH: process.env.PATH ?? '', NODE_ENV: 'test' },
    sink: () => {}
  })
  await supervisor.started
  gateway = { host: '127.0.0.1', port: Number(new URL(supervisor.url).port) }
})

after(async () => {
  await supervisor.close()
  plain.closeAllConnections()
  plain.close()
})

/** The row's words for one placement and one run: paths begin with the placement's name, and every run has an id of its own. */
function scriptFor (row: Case, placement: string, id: string): Script {
  const text = JSON.stringify({ steps: row.steps, methods: row.methods })
  return JSON.parse(text.replaceAll(prefix.slice(1), placement).replaceAll('"ask":"', '"ask":"/').replaceAll('##', id)) as Script
}

function probeFor (placement: string): string {
  return bytesOf({ path: `/${placement}/text`, fields: ['Connection: close'] })
}

async function fromService (caller: string, placement: string, script: Script): Promise<Told> {
  const asked: Asked = { where: { host: `${placement}.internal`, port: 80 }, script, probe: probeFor(placement) }
  const call = request({ ...gateway, path: `/${caller}`, method: 'POST', agent: false }).end(JSON.stringify(asked))
  const [response] = await once(call, 'response')
  return await json(response) as Told
}

let nextId = 1

interface Way { name: string, placement: string, may: 'gateway' | 'mesh', run: (script: Script) => Promise<Told> }

const ways: Way[] = [
  ...Object.keys(placements).flatMap((placement): Way[] => [
    { name: `through the gateway to a ${placement}`, placement, may: 'gateway', run: (script) => exchange(gateway, script, probeFor(placement)) },
    { name: `from another service to a ${placement}`, placement, may: 'mesh', run: (script) => fromService('caller', placement, script) }
  ]),
  { name: 'within a shared thread', placement: 'shared', may: 'mesh', run: (script) => fromService('neighbour', 'shared', script) }
]

/** What a plain server says is asked once a row. */
const plainly = new Map<Case, Promise<Told>>()

function askPlainly (row: Case): Promise<Told> {
  let told = plainly.get(row)
  if (told === undefined) plainly.set(row, told = exchange(direct, plainScriptFor(row), probeFor(plainPlacement)))
  return told
}

for (const { name: way, placement, may, run } of ways) {
  for (const [name, row] of Object.entries(cases)) {
    test(`${way}: ${name}`, async () => {
      const through = await run(scriptFor(row, placement, String(nextId++)))
      check(row, may, placement, through, row.isNotDirect === true ? undefined : await askPlainly(row))
    })
  }
}

function plainScriptFor (row: Case): Script {
  const script = scriptFor(row, plainPlacement, String(nextId++))
  if (row.isHttp10 !== true) return script
  return JSON.parse(JSON.stringify(script).replaceAll('HTTP/1.0\\r\\n', 'HTTP/1.1\\r\\nConnection: close\\r\\n')) as Script
}

/** A failure shows what was compared, and all bytes of both. */
function check (row: Case, may: 'gateway' | 'mesh', placement: string, through: Told, plainly: Told | undefined): void {
  const { methods, isHttp10, refusal } = row
  const deviation = row[may]
  const got = transcript(through, methods, isHttp10).replaceAll(`/${placement}/`, `/${plainPlacement}/`)
  const shown = `\n--- bytes through\n${bytesShown(through)}\n--- bytes of a plain server\n${plainly === undefined ? 'not asked' : bytesShown(plainly)}\n--- end`
  if (deviation?.is instanceof RegExp) return assert.match(got, deviation.is, `${deviation.because}\n--- through\n${got}${shown}`)
  if (plainly === undefined) return assert.fail(`a row without a plain server says what it looks like\n--- through\n${got}${shown}`)
  const plain = transcript(plainly, methods, isHttp10)
  const wanted = deviation?.is(plain) ?? plain
  if (may === 'gateway' && refusal !== undefined) return checkRefusal(refusal, through, plainly, methods, shown)
  if (got !== wanted) throw new assert.AssertionError({ message: `not as from a plain server\n--- through\n${got}\n--- plain\n${wanted}${shown}`, actual: got, expected: wanted })
}

/** As a plain server refuses it, but for a body that says why: it is the last answer, and has the same status. */
function checkRefusal (code: string, through: Told, plainly: Told, methods: readonly string[], shown: string): void {
  const [ours, theirs] = [through, plainly].map((told) => /^(HTTP.*)\r\n(?![^]*\r\nHTTP)/m.exec(told.bytes)?.[1])
  assert.equal(ours, theirs, `another status${shown}`)
  assert.ok(through.bytes.includes(`"${code}"`), `not ${code}${shown}`)
  assert.ok(messagesOf(through, methods).messages.every(({ is }) => is === 'whole'), `not whole${shown}`)
}

function bytesShown ({ bytes }: Told): string {
  return JSON.stringify(bytes.length > 4_000 ? `${bytes.slice(0, 4_000)}… ${bytes.length} bytes` : bytes)
}
