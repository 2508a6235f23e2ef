// One start of one side: time to the first right answer through its gateway, memory after the first answers.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { treePss } from './pss.ts'
import type { Side } from './side.ts'

const expected = 'hello\n'
const firstAnswers = 20
const pollMs = 5
const startLimitMs = 120_000
/** Both sides are left alone this long before their memory is read: what boot left behind is collected or it is not. */
const settleMs = 1000

export interface Measured { firstAnswerMs: number, pssMiB: number }

/** @throws when it does not answer within two minutes, with what it said */
export async function measure (side: Side): Promise<Measured> {
  const port = await freePort()
  const startedAt = performance.now()
  const child = spawn(process.execPath, side.args(port), {
    cwd: side.cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { said = (said + String(chunk)).slice(-4000) })
  const exited = once(child, 'exit')
  try {
    while (await answer(port) !== expected) {
      if (child.exitCode !== null || performance.now() - startedAt > startLimitMs) throw new Error(`${side.name} does not answer; it said:\n${said}`)
      await wait(pollMs)
    }
    const firstAnswerMs = performance.now() - startedAt
    for (let index = 1; index < firstAnswers; index++) await answer(port)
    await wait(settleMs)
    return { firstAnswerMs, pssMiB: treePss(child.pid ?? 0) }
  } finally {
    await stop(child, exited)
  }
}

/** The body, or undefined while nothing listens or the answer is no 200. */
function answer (port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk) => { body += chunk })
      response.on('end', () => resolve(response.statusCode === 200 ? body : undefined)).on('error', () => resolve(undefined))
    }).on('error', () => resolve(undefined))
  })
}

async function stop (child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM')
  const kill = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exited
  clearTimeout(kill)
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
