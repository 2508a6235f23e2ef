// The health endpoint: each worker is asked by itself, and the one that does not do well is replaced before it leaves.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { healthy, hear, unfit, type Answer, type Endpoint } from '../../src/supervisor/health-state.ts'
import { app, load, route, service, start } from './support.ts'

const endpoint: Endpoint = { path: '/health', intervalMs: 100, timeoutMs: 1_000, failureThreshold: 3 }

const rows: Record<string, { answers: Answer[], unfit: string | undefined }> = {
  'a worker that answers from 200 to 399 is fit': { answers: [{ status: 200 }, { status: 204 }, { status: 302 }, { status: 399 }], unfit: undefined },
  'a worker that was not asked is fit': { answers: [], unfit: undefined },
  'fewer failures than the threshold are borne': { answers: [{ status: 500 }, 'timeout'], unfit: undefined },
  'failures count in a row': { answers: [{ status: 500 }, { status: 500 }, { status: 200 }, { status: 500 }, { status: 500 }], unfit: undefined },
  'failures past the threshold are told with the latest': { answers: [{ status: 500 }, 'timeout', { status: 400 }], unfit: 'GET /health failed 3 times in a row: it answered 400' },
  'no answer is a failure': { answers: ['timeout', 'timeout', 'timeout'], unfit: 'GET /health failed 3 times in a row: no answer within 1000 ms' },
  'so is an answer that was cut': { answers: [{ error: 'cut' }, { error: 'cut' }, { error: 'cut' }], unfit: 'GET /health failed 3 times in a row: cut' },
  'a status below 200 is no answer of a handler': { answers: [{ status: 199 }, { status: 199 }, { status: 199 }], unfit: 'GET /health failed 3 times in a row: it answered 199' }
}
for (const [name, { answers, unfit: expected }] of Object.entries(rows)) {
  test(name, () => assert.equal(unfit(answers.reduce((health, answer) => hear(health, answer, endpoint), healthy), endpoint), expected))
}

for (const health of ['500', 'silent']) {
  test(`of two workers the one whose endpoint is ${health} is replaced, the other stays, and no request is lost`, async () => {
    const sick = service('web', { path: 'sick.mjs', routes: [route('/')], workers: 2, health: { blockedTimeoutMs: 10_000, endpoint } })
    await using shop = await start(app([sick]))
    const status = () => shop.supervisor.status().services[0]
    await shop.until(() => status()?.ready === 2)
    await using requests = load(`${shop.supervisor.url}/`, 4)
    await requests.answered(50)
    const { thread } = await (await shop.get(`/fall?health=${health}`)).json() as { thread: number }

    await shop.until(() => shop.records.some(({ msg }) => msg.includes('stopped a worker')))
    assert.deepEqual([status()?.restarts, status()?.lastExit?.reason, status()?.ready], [1, 'health', 2])
    assert.match(status()?.lastExit?.message ?? '', /GET \/health failed 3 times in a row/)
    for (let i = 0; i < 10; i++) {
      const answer = await (await shop.get('/')).json() as { thread: number, health: string }
      assert.deepEqual([answer.health, answer.thread === thread], ['well', false])
    }
    assert.deepEqual(Object.keys(await requests.stop()), ['200'])
    assert.match(await (await shop.admin('/metrics')).text(), /wattapp_worker_restarts_total\{service="web",reason="health"\} 1/)
  })
}
