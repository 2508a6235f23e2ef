// The worker's machine: rows of the table, and what holds whatever happens.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { begin, moves, next, type Effect, type WorkerEvent, type WorkerLife, type WorkerPolicy } from '../../src/supervisor/worker-state.ts'

const policy: WorkerPolicy = {
  restart: { initialMs: 100, maxMs: 30_000, limit: 2, windowMs: 60_000 }, startTimeoutMs: 5_000, drainTimeoutMs: 10_000
}
const at = { nowMs: 1_000_000, random: 0 }

interface Row {
  when: WorkerLife['state']
  exitsAgoMs?: number[]
  readyAgoMs?: number
  ending?: WorkerLife['ending']
  isLooping?: boolean
  hears: WorkerEvent
  becomes: WorkerLife['state']
  does: string[]
  reason?: WorkerLife['lastReason']
}

const rows: Record<string, Row> = {
  'a worker that has started is called': { when: 'starting', hears: 'started', becomes: 'ready', does: ['admit'] },
  'a worker that does not start in time is ended': { when: 'starting', hears: 'due', becomes: 'unhealthy', does: ['expel', 'terminate', 'wake 1000'] },
  'the exit of a worker that was too slow keeps that reason': { when: 'unhealthy', ending: 'startTimeout', hears: 'exited', becomes: 'backoff', does: ['report', 'wake 50'], reason: 'startTimeout' },
  'a worker over its memory is called no more and ended': { when: 'ready', hears: 'overMemory', becomes: 'unhealthy', does: ['expel', 'terminate', 'wake 1000'] },
  'a worker over its memory may not come back as healthy': { when: 'unhealthy', ending: 'memory', hears: 'healthy', becomes: 'unhealthy', does: [] },
  'the first cause of an end is the one that is told': { when: 'unhealthy', ending: 'memory', hears: 'threw', becomes: 'unhealthy', does: [] },
  'an unhealthy worker is left alone': { when: 'ready', hears: 'unhealthy', becomes: 'unhealthy', does: ['expel'] },
  'a worker that is healthy again is called': { when: 'unhealthy', hears: 'healthy', becomes: 'ready', does: ['admit'] },
  'an uncaught error ends a worker': { when: 'ready', hears: 'threw', becomes: 'unhealthy', does: ['expel', 'terminate', 'wake 1000'] },
  'the end of a process by a signal is that reason': { when: 'ready', hears: 'signalled', becomes: 'unhealthy', does: ['expel', 'terminate', 'wake 1000'] },
  'a blocked worker is given up, and the next one starts at once': { when: 'ready', hears: 'blocked', becomes: 'backoff', does: ['expel', 'giveUp', 'report', 'wake 0'], reason: 'blocked' },
  'one that blocks again soon is started again with a delay': { when: 'ready', exitsAgoMs: [10], hears: 'blocked', becomes: 'backoff', does: ['expel', 'giveUp', 'report', 'wake 100'], reason: 'blocked' },
  'a worker that blocks while it starts has its time for that': { when: 'starting', hears: 'blocked', becomes: 'starting', does: [] },
  'so has one that finishes its work': { when: 'draining', ending: 'stopped', hears: 'blocked', becomes: 'draining', does: [] },
  'a worker that should have ended and has not is given up, for the reason that it should have': { when: 'unhealthy', ending: 'memory', hears: 'due', becomes: 'backoff', does: ['expel', 'giveUp', 'report', 'wake 50'], reason: 'memory' },
  'a thread that ends by itself is retried soon': { when: 'ready', hears: 'exited', becomes: 'backoff', does: ['report', 'wake 50'], reason: 'exit' },
  'each exit within the window doubles the delay': { when: 'ready', exitsAgoMs: [10], hears: 'exited', becomes: 'backoff', does: ['report', 'wake 100'], reason: 'exit' },
  'exits before the window are forgotten': { when: 'ready', exitsAgoMs: [60_000, 70_000], hears: 'exited', becomes: 'backoff', does: ['report', 'wake 50'], reason: 'exit' },
  'the exit past the limit is a crash loop, retried at the longest delay': { when: 'ready', exitsAgoMs: [10, 20], hears: 'exited', becomes: 'crashLoop', does: ['report', 'wake 30000'], reason: 'exit' },
  'a crash loop is not healed by the length of its own delay': { when: 'starting', isLooping: true, hears: 'exited', becomes: 'crashLoop', does: ['report', 'wake 30000'], reason: 'exit' },
  'nor by a short good time': { when: 'ready', isLooping: true, readyAgoMs: 59_999, hears: 'exited', becomes: 'crashLoop', does: ['report', 'wake 30000'], reason: 'exit' },
  'a whole good window heals a crash loop': { when: 'ready', isLooping: true, readyAgoMs: 60_000, hears: 'exited', becomes: 'backoff', does: ['report', 'wake 50'], reason: 'exit' },
  'after its delay a worker starts again': { when: 'backoff', hears: 'due', becomes: 'starting', does: ['spawn', 'wake 5000'] },
  'a crash loop is tried again': { when: 'crashLoop', hears: 'due', becomes: 'starting', does: ['spawn', 'wake 5000'] },
  'a draining worker is called no more and asked to end in time': { when: 'ready', hears: 'drain', becomes: 'draining', does: ['expel', 'retire', 'wake 10000'] },
  'a worker may be drained while it starts': { when: 'starting', hears: 'drain', becomes: 'draining', does: ['expel', 'retire', 'wake 10000'] },
  'a worker that does not drain in time is ended': { when: 'draining', ending: 'stopped', hears: 'due', becomes: 'draining', does: ['terminate'] },
  'a worker over its memory is ended even while it drains': { when: 'draining', ending: 'stopped', hears: 'overMemory', becomes: 'draining', does: ['terminate'] },
  'a drained worker stops': { when: 'draining', ending: 'stopped', hears: 'exited', becomes: 'stopped', does: ['report'], reason: 'stopped' },
  'a worker without a thread stops at once': { when: 'crashLoop', hears: 'drain', becomes: 'stopped', does: [], reason: 'stopped' },
  'a stopped worker ignores its thread': { when: 'stopped', hears: 'started', becomes: 'stopped', does: [] }
}

for (const [name, { when, exitsAgoMs = [], readyAgoMs, ending, isLooping = false, hears, becomes, does, reason }] of Object.entries(rows)) {
  test(name, () => {
    const before: WorkerLife = {
      state: when,
      exitsMs: exitsAgoMs.map((ms) => at.nowMs - ms),
      isLooping,
      restarts: 3,
      ...(readyAgoMs !== undefined && { readyMs: at.nowMs - readyAgoMs }),
      ...(ending !== undefined && { ending })
    }
    const [worker, effects] = next(before, hears, policy, at)
    assert.equal(worker.state, becomes)
    assert.deepEqual(effects.map(written), does)
    assert.equal(worker.lastReason, reason)
  })
}

function written (effect: Effect): string {
  return 'afterMs' in effect ? `${effect.do} ${effect.afterMs}` : effect.do
}

const anyEvent = fc.constantFrom<WorkerEvent>('started', 'healthy', 'unhealthy', 'overMemory', 'blocked', 'failed', 'threw', 'signalled', 'exited', 'due', 'drain')

/** The shell's bookkeeping, as small as can be: is there a thread, may it be called, does a timer run? */
function run (events: WorkerEvent[], check: (worker: WorkerLife, world: { hasThread: boolean, isAdmitted: boolean, hasTimer: boolean }) => void): WorkerLife {
  const world = { hasThread: false, isAdmitted: false, hasTimer: false }
  let [worker, effects] = begin(policy)
  perform(effects)
  for (const event of events) {
    // The world says only what can be: a thread's words come from a thread, `due` from a timer.
    if (event === 'due' ? !world.hasTimer : event !== 'drain' && !world.hasThread) continue
    if (event === 'due') world.hasTimer = false
    if (event === 'exited') world.hasThread = world.isAdmitted = false
    const before = worker.state
    ;[worker, effects] = next(worker, event, policy, at)
    if (worker.state !== before) world.hasTimer = false
    perform(effects)
    check(worker, world)
  }
  return worker

  function perform (todo: Effect[]): void {
    for (const effect of todo) {
      if (effect.do === 'spawn') {
        assert.equal(world.hasThread, false, 'one worker has one thread')
        world.hasThread = true
      }
      if (effect.do === 'admit') world.isAdmitted = true
      if (effect.do === 'expel') world.isAdmitted = false
      // Whatever it still says is no longer heard.
      if (effect.do === 'giveUp') world.hasThread = false
      if (effect.do === 'wake') world.hasTimer = true
    }
  }
}

test('a worker is called if and only if it is ready, and is never left without a thread or a timer', () => {
  fc.assert(fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
    run(events, (worker, world) => {
      assert.equal(world.isAdmitted, worker.state === 'ready')
      assert.equal(world.hasThread, !['backoff', 'crashLoop', 'stopped'].includes(worker.state))
      if (worker.state === 'backoff' || worker.state === 'crashLoop') assert.ok(world.hasTimer)
    })
  }))
})

test('a worker always stops when drained and its thread exits, whatever came before', () => {
  fc.assert(fc.property(fc.array(anyEvent), (events) => {
    assert.equal(run([...events, 'drain', 'exited'], () => {}).state, 'stopped')
  }))
})

test('a worker restarts for ever, and never before its delay', () => {
  fc.assert(fc.property(fc.array(anyEvent.filter((event) => event !== 'drain')), (events) => {
    const worker = run([...events, 'exited', 'due'], () => {})
    assert.ok(worker.state !== 'stopped')
    assert.ok(worker.restarts <= events.filter((event) => event === 'exited' || event === 'blocked' || event === 'due').length + 1)
  }))
})

test('every move of the table is made by some history', () => {
  const made = new Set<string>()
  fc.assert(fc.property(fc.array(anyEvent, { minLength: 20, maxLength: 40 }), (events) => {
    let worker = begin(policy)[0]
    for (const event of events) {
      const from = worker.state
      worker = next(worker, event, policy, at)[0]
      if (from !== 'crashLoop' && worker.state !== from) made.add(`${from} ${event}`)
    }
  }), { numRuns: 2000 })
  const wanted = Object.entries(moves).flatMap(([from, events]) => Object.entries(events).filter(([, to]) => to !== from).map(([event]) => `${from} ${event}`))
  assert.deepEqual(wanted.filter((move) => !move.startsWith('crashLoop') && !made.has(move)), [])
})
