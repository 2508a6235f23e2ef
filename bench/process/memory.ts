// Memory of a side that runs: left alone after some requests, and under load.
import { Agent, get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Bench } from '../bench.ts'
import type { Started } from '../sides/started.ts'
import { treePss } from './pss.ts'

const requestsEach = 100
/** What boot and the requests left behind is collected by then, or it is not. */
const settleMs = 1500
const sampleMs = 250
const connectionsEach = 8
/** Young generations grow in steps. */
const leastSeconds = 3

/** MiB, after 100 requests to each URL, one at a time on one connection. */
export async function idleMemory ({ pids }: Started, urls: readonly string[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let count = 0; count < requestsEach; count++) for (const url of urls) await answered(url, agent)
  agent.destroy()
  await wait(settleMs)
  return sum(pids)
}

/** MiB, the highest of the samples taken while every URL is asked by eight connections that never pause. */
export async function loadedMemory ({ loader, loadSeconds }: Bench, { pids }: Started, urls: readonly string[]): Promise<number> {
  const seconds = Math.max(leastSeconds, loadSeconds)
  const loads = Promise.all(urls.map((url) => loader.rate({ url, connections: connectionsEach, seconds }))).then(() => true)
  let highest = 0
  do highest = Math.max(highest, sum(pids))
  while (!await Promise.race([loads, wait(sampleMs, false)]))
  return highest
}

function sum (pids: readonly number[]): number {
  return pids.reduce((total, pid) => total + treePss(pid), 0)
}

function answered (url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume().on('error', reject).on('end', () => response.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${response.statusCode}`)))
    }).on('error', reject)
  })
}
