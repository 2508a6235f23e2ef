// The command line against a real cluster: the status of an app and of its workers, the logs of one service.
import assert from 'node:assert/strict'
import { readFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { apply, kubectl, run } from './support/kubectl.ts'
import { createNamespace } from './support/namespace.ts'
import { podsOf, untilCondition } from './support/wattapp.ts'

const namespace = 'e2e-cli'
const main = new URL('../src/cli/main.ts', import.meta.url).pathname
const hello = readFileSync(new URL('../examples/hello/hello.yaml', import.meta.url), 'utf8')
const wattapp = (...args: string[]) => run(process.execPath, [main, ...args])

before(async () => {
  await createNamespace(namespace)
  await apply(hello, namespace)
  await untilCondition('hello', namespace, 'Ready', 'True')
})
after(() => kubectl(['delete', 'namespace', namespace, '--wait=false']))

test('status shows the conditions, the services and each worker\'s figures', async () => {
  const [pod] = await podsOf('hello', namespace)
  const { code, stdout, stderr } = await wattapp('status', 'hello', '-n', namespace)
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^Ready +True/m)
  for (const service of ['web', 'api']) {
    assert.match(stdout, new RegExp(`^${service} +1/1`, 'm'))
    assert.match(stdout, new RegExp(`^${pod?.metadata.name} +${service} +\\d+ +ready +\\d+ +\\d+% +\\d+Mi of 192Mi$`, 'm'))
  }
})

test('logs are those of the service that was asked for', async () => {
  const { code, stdout } = await wattapp('logs', 'hello', '-n', namespace, '--service', 'web')
  assert.equal(code, 0)
  const services = new Set(stdout.trim().split('\n').map((line) => (JSON.parse(line) as { service: string }).service))
  assert.deepEqual([...services], ['web'])
})

test('kubectl finds it as its plugin', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wattapp-plugin-'))
  try {
    symlinkSync(main, join(folder, 'kubectl-wattapp'))
    const { code, stdout, stderr } = await run('kubectl', ['wattapp', 'status', 'hello', '-n', namespace, '-o', 'json'], { env: { PATH: `${folder}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` } })
    assert.equal(code, 0, stderr)
    assert.equal((JSON.parse(stdout) as { name: string }).name, 'hello')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
