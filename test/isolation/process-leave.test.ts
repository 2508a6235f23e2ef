// How processes leave: when they are told to, when somebody at the terminal presses Ctrl+C, and when nobody is there to tell them.
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { app, load, route, service, start } from '../supervisor/support.ts'
import { isAlive, jsonOf, processes, root } from './support.ts'

const web = service('web', { routes: [route('/')], isolation: 'process' })

test('what is in flight is answered, its own handlers run, and it ends with 0', async () => {
  await using shop = await start(app([web]), { root })
  const { pid } = await jsonOf(shop, '/place') as { pid: number }
  const held = shop.get('/wait')
  while (await jsonOf(shop, '/waiting') !== 1) { /* Asked again. */ }
  const release = shop.get('/release')
  const drained = shop.supervisor.drain()
  assert.deepEqual([(await release).status, (await held).status, await (await held).json()], [200, 200, 'released'])
  await drained
  assert.equal(isAlive(pid), false)
  assert.deepEqual(shop.records.map(({ msg }) => msg).filter((msg) => /^(?:heard|leaves)/.test(msg)), ['heard SIGTERM', 'leaves with 0'])
  assert.match(shop.records.find(({ reason }) => reason === 'stopped')?.msg ?? '', /service "web" stopped a worker/)
})

test('workers that are scaled away under load lose no request', async () => {
  const config = (workers: number) => app([{ ...web, workers: { min: workers, max: workers } }])
  await using shop = await start(config(2), { root })
  await shop.until(() => shop.supervisor.status().services[0]?.ready === 2)
  await using onWeb = load(`${shop.supervisor.url}/`, 8)
  await onWeb.answered(50)
  await shop.supervisor.apply(config(1))
  await shop.until(() => shop.records.some(({ msg }) => msg === 'leaves with 0'))
  await onWeb.answered(50)
  assert.deepEqual(Object.keys(await onWeb.stop()), ['200'])
})

interface Program { program: ChildProcess, pid: number, url: string, lines: string[] }

/** A supervisor in a process and a session of its own, as a shell starts one. */
async function startProgram (): Promise<Program> {
  const program = spawn(process.execPath, [fileURLToPath(new URL('fixtures/supervisor.ts', import.meta.url))], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const reader = createInterface({ input: program.stdout })
  reader.on('line', (line) => lines.push(line))
  while (!lines.some((line) => line.startsWith('ready '))) await once(reader, 'line')
  const [, url = '', pid = ''] = lines.find((line) => line.startsWith('ready '))?.split(' ') ?? []
  return { program, url, pid: Number(pid), lines }
}

test('Ctrl+C at a terminal goes to the supervisor, which drains its processes', async () => {
  const { program, pid, url, lines } = await startProgram()
  const held = fetch(`${url}/wait`)
  while (await (await fetch(`${url}/waiting`)).json() !== 1) { /* Asked again. */ }
  const release = fetch(`${url}/release`)
  // A terminal sends it to every process of the group in the foreground.
  process.kill(-(program.pid ?? 0), 'SIGINT')
  assert.deepEqual([(await release).status, (await held).status], [200, 200])
  const [code] = await once(program, 'close')
  assert.equal(code, 0)
  assert.equal(isAlive(pid), false)
  assert.ok(lines.includes('web: heard SIGTERM'))
  assert.ok(!lines.includes('web: heard SIGINT'))
})

test('a supervisor that is killed leaves no process, nor what that has started', async () => {
  const { program, pid, url } = await startProgram()
  const grandchild = await (await fetch(`${url}/grandchild`)).json() as { pid: number }
  assert.deepEqual([isAlive(pid), isAlive(grandchild.pid)], [true, true])
  program.kill('SIGKILL')
  await once(program, 'exit')
  while (processes().some((entry) => [pid, grandchild.pid].includes(entry.pid) && entry.state !== 'Z')) await new Promise(setImmediate)
})
