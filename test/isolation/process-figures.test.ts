// What is read of a child from outside, and how its end is told: decisions without a process.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { describeEnd } from '../../src/supervisor/process-end.ts'
import { figuresBytes, loopOf, memoryOf, setFigures } from '../../src/supervisor/process-figures.ts'

function figures (values: Parameters<typeof setFigures>[1]): Float64Array {
  const made = new Float64Array(new SharedArrayBuffer(figuresBytes))
  setFigures(made, values)
  return made
}

const loops: Record<string, { reportedAtMs: number, watchedAtMs: number, active: number }> = {
  'one that has just reported': { reportedAtMs: 10_000, watchedAtMs: 10_050, active: 30 },
  'one whose report is due': { reportedAtMs: 10_000, watchedAtMs: 10_200, active: 30 },
  'one that is silent has been active since': { reportedAtMs: 10_000, watchedAtMs: 13_000, active: 3_030 },
  'one that reported after the carrier looked': { reportedAtMs: 10_100, watchedAtMs: 10_000, active: 30 }
}

for (const [name, { reportedAtMs, watchedAtMs, active }] of Object.entries(loops)) {
  test(`the loop of a child: ${name}`, () => {
    assert.deepEqual(loopOf(figures({ idle: 500, active: 30, reportedAtMs, watchedAtMs })), { idle: 500, active })
  })
}

test('idle time never goes back, whatever is silent: who waits for it to grow is not deceived', () => {
  fc.assert(fc.property(fc.nat(), fc.nat(), fc.nat(), (idle, reportedAtMs, watchedAtMs) => {
    assert.equal(loopOf(figures({ idle, reportedAtMs, watchedAtMs })).idle, idle)
  }))
})

test('memory is what was set last', () => {
  const made = figures({ heapUsedBytes: 1, externalBytes: 2, residentBytes: 3 })
  setFigures(made, { residentBytes: 30 })
  assert.deepEqual(memoryOf(made), { heapUsedBytes: 1, externalBytes: 2, residentBytes: 30 })
})

const ends: Record<string, { code: number | null, signal: string | null, message: RegExp, hint?: RegExp }> = {
  'by itself': { code: 0, signal: null, message: /ended by itself \(nothing left to do, or process\.exit\(0\)\)$/ },
  'with a code': { code: 3, signal: null, message: /ended with exit code 3$/ },
  'by a bad pointer': { code: null, signal: 'SIGSEGV', message: /SIGSEGV \(a bad memory access in native code\)$/, hint: /native addons/ },
  'by V8 or an assertion': { code: null, signal: 'SIGABRT', message: /SIGABRT \(it gave up by itself/, hint: /last lines in the log/ },
  'by the kernel': { code: null, signal: 'SIGKILL', message: /SIGKILL \(killed from outside/, hint: /memory plan/ },
  'by a signal of no special meaning': { code: null, signal: 'SIGUSR2', message: /^its process 7 was ended by SIGUSR2$/ }
}

for (const [name, { code, signal, message, hint }] of Object.entries(ends)) {
  test(`an end in words: ${name}`, () => {
    const detail = describeEnd({ code, signal, pid: 7 })
    assert.match(detail.message, message)
    if (hint === undefined) assert.equal(detail.hint, undefined)
    else assert.match(detail.hint ?? '', hint)
  })
}

test('a process that never began has no number', () => {
  assert.match(describeEnd({ code: 1, signal: null, pid: undefined }).message, /^its process ended with exit code 1$/)
})
