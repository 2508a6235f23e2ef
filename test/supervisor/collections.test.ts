import assert from 'node:assert/strict'
import { test } from 'node:test'
import { app, route, service, start } from './support.ts'

test('a service that reads uploads is not marked as a whole all the time, for Buffers that it has let go', async () => {
  await using shop = await start(app([service('web', { path: 'collections.mjs', routes: [route('/')] })]))
  await shop.supervisor.started
  const bytes = 16 * 2 ** 20
  const body = new Uint8Array(bytes)
  interface Seen { bytes: number, minor: number, major: number }
  const upload = async (): Promise<Seen> => await (await shop.get('/', { method: 'POST', body })).json() as Seen
  const from = await upload()
  let to = from
  for (let times = 0; times < 12; times++) {
    const all = await Promise.all(Array.from({ length: 4 }, upload))
    assert.deepEqual(all.map((seen) => seen.bytes), [bytes, bytes, bytes, bytes])
    to = all.reduce((most, seen) => seen.minor > most.minor ? seen : most)
  }
  const [minor, major] = [to.minor - from.minor, to.major - from.major]
  // 768 MiB are 32 times what young collections are due after; V8 by itself marks a dozen times, and collects less often.
  assert.ok(minor >= 24 && major * 4 < minor, `${minor} of young objects, ${major} of all`)
})
