// A side that runs: started, and answering.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lifetime } from '../../src/base/lifetime.ts'
import { firstAnswer } from '../process/answer.ts'
import type { Children, Command, Program } from '../process/children.ts'

export interface Started {
  url: string
  /** The one that answers. */
  program: Program
  /** Processes that it consists of, without those that they started themselves. */
  pids: readonly number[]
  /** From the start of the process to the first answer to be seen on the first path. */
  firstAnswerMs: number
  stop: () => Promise<void>
}

/** Starts the command and waits until each path of its URL answers 200. @throws with what it said, when it does not */
export async function start (children: Children, command: Command, url: string, paths: readonly string[]): Promise<Started> {
  const beginMs = performance.now()
  const program = await children.start(command)
  try {
    const [first = '', ...others] = paths
    await firstAnswer(program, url + first)
    const firstAnswerMs = performance.now() - beginMs
    await firstAnswer(program, ...others.map((path) => url + path))
    return { url, program, pids: [program.pid], firstAnswerMs, stop: () => program.stop() }
  } catch (thrown) {
    await program.stop()
    throw thrown
  }
}

/** One side of several processes; `front` is where it answers. */
export function together (front: Started, others: readonly Started[]): Started {
  const all = [front, ...others]
  return { ...front, pids: all.flatMap(({ pids }) => pids), stop: async () => { await Promise.all(all.map((one) => one.stop())) } }
}

/**
 * A thread of ours collects what its start left behind once, in its first second with little to do (src/base/compact.ts), and code that was hot
 * before is cold then: it must not come between two measurements. Peers rest as long.
 */
const restMs = 2_000

/** Stops it with `life`. Resolves when it has rested. */
export async function stopping (life: Lifetime, started: Started): Promise<Started> {
  life.add(started, ({ stop }) => stop())
  await sleep(restMs)
  return started
}
