// One plain request, and waiting for a side's first answer.
import { get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Program } from './children.ts'

export interface Answer { status: number, body: string }

const pollMs = 5
const startLimitMs = 60_000

/** Undefined while nothing listens. */
export function ask (url: string, timeoutMs = 60_000): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: timeoutMs }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk) => { body += chunk })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body })).on('error', () => resolve(undefined))
    })
    request.on('error', () => resolve(undefined)).on('timeout', () => request.destroy())
  })
}

/**
 * Asks every 5 ms until all of the URLs answer 200.
 * @throws when the program ends, or not all do within a minute, with what it said
 */
export async function firstAnswer (program: Program, ...urls: string[]): Promise<void> {
  const deadlineMs = performance.now() + startLimitMs
  for (const url of urls) {
    for (let answer = await ask(url); answer?.status !== 200; answer = await ask(url)) {
      const why = program.hasExited() ? 'ended' : performance.now() > deadlineMs ? `does not answer on ${url} (${answer?.status ?? 'no connection'})` : undefined
      if (why !== undefined) throw new Error(`${program.name} ${why}; it said:\n${program.said()}`)
      await wait(pollMs)
    }
  }
}
