// Lives of a worker as text: what happened, a dashed line, what was done. A fault found in the field becomes such a file.
// `+N` lets N milliseconds pass. UPDATE_GOLDEN=1 writes the trace that the machine gives now.
import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { begin, moves, next, type Effect, type WorkerEvent, type WorkerPolicy } from '../../src/supervisor/worker-state.ts'

const policy: WorkerPolicy = {
  restart: { initialMs: 100, maxMs: 30_000, limit: 2, windowMs: 60_000 }, startTimeoutMs: 5_000, drainTimeoutMs: 10_000
}

function play (script: string[]): string[] {
  let nowMs = 1_000_000
  let [worker, effects] = begin(policy)
  const trace = [`${worker.state}: ${written(effects)}`]
  for (const line of script) {
    const done: Effect[] = []
    for (const word of line.split(' ')) {
      if (word.startsWith('+')) {
        nowMs += Number(word)
        continue
      }
      assert.ok(Object.values(moves).some((events) => word in events), `"${word}" is no event`)
      ;[worker, effects] = next(worker, word as WorkerEvent, policy, { nowMs, random: 0 })
      done.push(...effects)
    }
    trace.push(`${line} → ${worker.state}: ${written(done)}`.trimEnd())
  }
  return trace
}

function written (effects: Effect[]): string {
  return effects.map((effect) => 'afterMs' in effect ? `${effect.do} ${effect.afterMs}` : effect.do).join(', ')
}

for (const file of globSync(fileURLToPath(new URL('scenarios/*.txt', import.meta.url)))) {
  const [story = '', expected = ''] = readFileSync(file, 'utf8').split('----\n')
  const [name = '', ...script] = story.trimEnd().split('\n')
  test(name, () => {
    const trace = play(script)
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, `${story}----\n${trace.join('\n')}\n`)
    else assert.deepEqual(trace, expected.trimEnd().split('\n'))
  })
}
