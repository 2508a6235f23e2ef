import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder, wattapp } from './support.ts'

const root = join(import.meta.dirname, '../..')
const invalid = join(root, 'test/manifests/invalid')

test('every command explains itself, with examples', async () => {
  const { stdout, code } = await wattapp(['--help'])
  const commands = Array.from(stdout.matchAll(/^ {2}([a-z]+) \S*.* {2,}\S/gm), ([, name = '']) => name).filter((name) => name !== 'help' && name !== 'wattapp')
  assert.equal(code, 0)
  assert.deepEqual(commands, ['run', 'dev', 'build', 'image', 'init', 'import', 'detect', 'validate', 'render', 'status', 'logs', 'version', 'completion'])
  for (const help of await Promise.all(commands.map((name) => wattapp([name, '--help'])))) {
    assert.equal(help.code, 0)
    if (!help.stdout.startsWith('Usage: wattapp version')) assert.match(help.stdout, /Examples:\n {2}wattapp /)
  }
})

const misuses: Record<string, string[]> = {
  'no command': [],
  'an unknown command': ['frobnicate'],
  'an unknown option': ['run', '--colour', 'x.yaml'],
  'a missing argument': ['validate'],
  'a port that is none': ['run', 'x.yaml', '--port', '70000'],
  'an unknown format': ['version', '-o', 'xml'],
  'an unknown shell': ['completion', 'powershell']
}
for (const [name, args] of Object.entries(misuses)) {
  test(`${name} is wrong usage: code 2, and nothing on standard output`, async () => {
    const { code, stdout, stderr } = await wattapp(args)
    assert.deepEqual([code, stdout], [2, ''])
    assert.notEqual(stderr, '')
  })
}

test('a name that kubectl finds says so in its help', async () => {
  await using folder = await temporaryFolder()
  const program = join(folder.path, 'kubectl-wattapp')
  symlinkSync(join(root, 'src/cli/main.ts'), program)
  assert.match((await wattapp(['status', '--help'], { program })).stdout, /^Usage: kubectl wattapp status/)
})

test('versions are printed for people and for programs', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  assert.match((await wattapp(['version'])).stdout, new RegExp(`^wattapp ${version}\napi wattapp\\.dev/v1alpha1\nnode `))
  assert.equal((JSON.parse((await wattapp(['version', '-o', 'json'])).stdout) as { wattapp: string }).wattapp, version)
})

test('a valid manifest is code 0, one word on standard output', async () => {
  const file = join(root, 'test/manifests/valid/every-field.yaml')
  assert.deepEqual(await wattapp(['validate', file]), { code: 0, signal: null, stdout: `${file}: WattApp "every-field" is valid\n`, stderr: '' })
})

test('a mistake is told with file, line, column, field, reason and remedy, without colour where there is no terminal', async () => {
  const file = join(invalid, 'route-owned-twice.yaml')
  assert.deepEqual(await wattapp(['validate', file]), {
    code: 1,
    signal: null,
    stdout: '',
    stderr: `${file}:20:11: spec.services[1].routes[1]: service "web" already has the route /api of every host (WATT_ROUTE_OWNED_TWICE)\n` +
      '  remedy: give each host and pathPrefix to one service; the longest prefix wins, so /api beside / is fine\n'
  })
})

test('verdicts for programs are on standard output', async () => {
  const { code, stdout, stderr } = await wattapp(['validate', '-o', 'json', join(invalid, 'no-code.yaml'), join(root, 'examples/hello/hello.yaml')])
  const verdicts = JSON.parse(stdout) as Array<{ name: string, isValid: boolean, problems: Array<{ path: string, line: number, remedy: string }> }>
  assert.deepEqual([code, stderr], [1, ''])
  assert.deepEqual(verdicts.map(({ name, isValid, problems }) => [name, isValid, problems.map(({ path, line }) => `${line} ${path}`)]), [['bad', false, ['9 spec']], ['hello', true, []]])
})

test('a folder gives its manifests, whatever else is in it, and standard input is read too', async () => {
  assert.match((await wattapp(['validate', join(import.meta.dirname, 'fixtures/folder')])).stdout, /^\S*b\.json: WattApp "one" is valid\n$/)
  const input = readFileSync(join(root, 'examples/hello/hello.yaml'), 'utf8')
  assert.equal((await wattapp(['validate', '-'], { input })).stdout, 'standard input: WattApp "hello" is valid\n')
})

test('what is not there, or holds no app, is code 1 with a remedy', async () => {
  await using folder = await temporaryFolder()
  for (const name of [join(folder.path, 'none.yaml'), folder.path]) {
    const { code, stderr } = await wattapp(['validate', name])
    assert.equal(code, 1)
    assert.match(stderr, /^error: .*\(WATT_INPUT_(UNREADABLE|WITHOUT_APP)\)\n {2}remedy: /)
  }
})

test('a reader that stops reading is no error', async () => {
  const child = spawn('sh', ['-c', '"$0" "$1" render "$2" | head -n 1', process.execPath, join(root, 'src/cli/main.ts'), join(root, 'examples/shop/wattapp.yaml')], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => { stderr += chunk })
  child.stdout.resume()
  await once(child, 'close')
  assert.equal(stderr, '')
})

test('bash takes its completion, and completes', async () => {
  const { stdout } = await wattapp(['completion', 'bash'])
  const script = `${stdout}\nCOMP_WORDS=(wattapp va); COMP_CWORD=1; _wattapp; echo "\${COMPREPLY[@]}"\nCOMP_WORDS=(wattapp logs --se); COMP_CWORD=2; _wattapp; echo "\${COMPREPLY[@]}"`
  const { stdout: completed, status, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
  assert.deepEqual([status, stderr, completed], [0, '', 'validate\n--service\n'])
})

test('zsh and fish scripts name every command', async () => {
  for (const shell of ['zsh', 'fish']) {
    const { stdout, code } = await wattapp(['completion', shell])
    assert.equal(code, 0)
    for (const name of ['run', 'dev', 'build', 'image', 'init', 'import', 'detect', 'validate', 'render', 'status', 'logs', 'version', 'completion']) assert.match(stdout, new RegExp(`\\b${name}\\b`))
  }
})

test('a Node that is too old is told so, instead of a stack', async () => {
  const pretend = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})'
  const { code, stdout, stderr } = await wattapp(['version'], { env: { NODE_OPTIONS: `--import=${encodeURI(pretend)}` } })
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /^error: wattapp needs Node\.js 24 or later, and \S+ is 20\.1\.0\n {2}remedy: .*\n$/)
})
