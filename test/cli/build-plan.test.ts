// The decisions of a build, without one: what is built in which order, with which environment, and what it has written.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { concurrencyOf, planBuild, type ServiceToBuild } from '../../src/cli/build/plan.ts'
import { createScreen } from '../../src/cli/build/screen.ts'
import { telling, toolEnvironment } from '../../src/cli/build/tool-environment.ts'
import { outputsOf, type FileState } from '../../src/cli/build/written.ts'
import { packagesOf } from '../../src/cli/init/workspace.ts'
import { createOutput } from '../../src/cli/output.ts'
import { treeOf, type Files } from './files.ts'

const script = { build: 'tsc' }

function planOf (files: Files, services: Array<Partial<ServiceToBuild> & { name: string }>): ReturnType<typeof planBuild> {
  const tree = treeOf(files)
  const { packages } = packagesOf(tree)
  return planBuild(services.map((service) => ({ packageFolder: service.name, build: undefined, basePath: '', env: {}, ambiguity: undefined, ...service })), { tree, isWorkspace: true, packages })
}

suite('the plan', () => {
  const workspace = { 'package.json': { workspaces: ['*'], scripts: script } }

  test('what is needed comes first, at any distance, and through packages that are not built', () => {
    const { units, needs } = planOf({
      ...workspace,
      'web/package.json': { name: 'web', scripts: script, dependencies: { plain: '*' } },
      'plain/package.json': { name: 'plain', devDependencies: { look: '*' } },
      'look/package.json': { name: 'look', scripts: script, peerDependencies: { base: '*' } },
      'base/package.json': { name: 'base', scripts: script },
      'unused/package.json': { name: 'unused', scripts: script }
    }, [{ name: 'web' }])
    assert.deepEqual(units.map(({ folder }) => folder), ['base', 'look', 'web'])
    assert.deepEqual(needs.get('web'), ['base', 'look', 'web'])
  })

  test('a service without a build has the packages built that it runs with', () => {
    const { units, needs } = planOf({ ...workspace, 'api/package.json': { name: 'api', dependencies: { look: '*' } }, 'look/package.json': { name: 'look', scripts: script } }, [{ name: 'api' }])
    assert.deepEqual([units.map(({ name, services }) => [name, services]), needs.get('api')], [[['look', []]], ['look']])
  })

  test('the script of a workspace’s root builds none of its services', () => {
    assert.deepEqual(planOf({ ...workspace, 'index.js': '' }, [{ name: 'all', packageFolder: '.' }]).units, [])
  })

  test('packages that need each other are a cycle only where both are built', () => {
    const files = (scripts: object): Files => ({ ...workspace, 'a/package.json': { name: 'a', scripts: script, dependencies: { b: '*' } }, 'b/package.json': { name: 'b', dependencies: { a: '*' }, scripts } })
    assert.deepEqual([...planOf(files({}), [{ name: 'a' }]).problems.keys()], [])
    assert.deepEqual([...planOf(files(script), [{ name: 'a' }]).problems].map(([folder, { code }]) => [folder, code]), [['a', 'WATT_BUILD_CYCLE'], ['b', 'WATT_BUILD_CYCLE']])
  })

  test('services of one folder have one build, with the values that they agree on', () => {
    const { units } = planOf({ ...workspace, 'web/package.json': { name: 'web', scripts: script } }, [
      { name: 'a', packageFolder: 'web', env: { LOOK: 'dark', PLACE: 'here' } },
      { name: 'b', packageFolder: 'web', env: { LOOK: 'dark', PLACE: 'there' } }
    ])
    assert.deepEqual(units.map(({ name, services, env }) => [name, services, env]), [['a, b', ['a', 'b'], { LOOK: 'dark' }]])
  })

  test('cores and memory bound how many are built at once', () => {
    const gib = 2 ** 30
    assert.deepEqual([[2, 16], [16, 4], [8, 0.5]].map(([cores = 0, memory = 0]) => concurrencyOf({ cores, availableBytes: memory * gib })), [2, 2, 1])
  })
})

suite('the environment of a build', () => {
  const of = (env: Record<string, string>, more: Partial<Parameters<typeof toolEnvironment>[0]> = {}): Record<string, string> => toolEnvironment({ env, nodeFolder: '/node', service: {}, adapter: {}, ...more })

  test('what an npm around it says is not heard, and what a person has set is', () => {
    const { PATH, npm_config_registry: registry, npm_config_workspace: workspace } = of({ PATH: '/bin', npm_lifecycle_event: 'start', npm_config_workspace: 'x' })
    assert.deepEqual([PATH, registry, workspace], ['/node:/bin', undefined, undefined])
    assert.equal(of({ npm_config_registry: 'https://registry.example.com' }).npm_config_registry, 'https://registry.example.com')
  })

  test('options of Node.js add up, and those of production are not for the build', () => {
    const env = of({ NODE_OPTIONS: '--max-old-space-size=4096' }, { adapter: { NODE_OPTIONS: '--import=hook.js' }, service: { NODE_OPTIONS: '--inspect', NODE_ENV: 'test', LOOK: 'dark' } })
    assert.deepEqual([env.NODE_OPTIONS, env.NODE_ENV, env.LOOK], ['--max-old-space-size=4096 --import=hook.js', undefined, 'dark'])
  })

  test('of a shell’s variables those make a difference that frameworks inline or sources name', () => {
    const env = { NEXT_PUBLIC_API: 'x', VITE_LOOK: 'y', API_URL: 'z', SSH_AGENT: '1', PATH: '/bin', TERM: 'xterm' }
    assert.deepEqual(telling(env, (name) => ['API_URL', 'PATH', 'TERM'].includes(name)), { API_URL: 'z', NEXT_PUBLIC_API: 'x', VITE_LOOK: 'y' })
  })
})

suite('what a build has written', () => {
  const state = (mtimeMs: number, isIgnored = false): FileState => ({ size: 1, mtimeMs, isIgnored })
  const rows: Record<string, { before?: FileState, after?: FileState, path?: string, isSame?: boolean, earlier?: string[], is: boolean }> = {
    'a new file': { after: state(2), is: true },
    'a file that it did not touch': { before: state(1), after: state(1), is: false },
    'a file that went': { before: state(1), is: false },
    'one that git ignores and that is another now': { before: state(1, true), after: state(2, true), is: true },
    'one in a folder of the usual name': { before: state(1), after: state(2), path: 'dist/x.js', is: true },
    'a source that it wrote again as it was': { before: state(1), after: state(2), isSame: true, is: true },
    'a source that someone has edited meanwhile': { before: state(1), after: state(2), is: false },
    'one that an earlier build has written': { before: state(1), after: state(1), earlier: ['src/x.js'], is: true },
    'what the framework says that it writes': { before: state(1), after: state(1), path: '.next/x.js', is: true },
    'a cache in it': { after: state(2), path: '.next/cache/x', is: false }
  }

  for (const [name, { before, after, path = 'src/x.js', isSame = false, earlier = [], is }] of Object.entries(rows)) {
    test(`${name} is ${is ? 'an output' : 'none'}`, () => {
      const outputs = outputsOf({
        before: new Map(before === undefined ? [] : [[path, before]]),
        after: new Map(after === undefined ? [] : [[path, after]]),
        isDeclared: (path) => path.startsWith('.next/'),
        isByproduct: (path) => path.startsWith('.next/cache/'),
        earlier,
        isSame: () => isSame
      })
      assert.deepEqual(outputs, is ? [path] : [])
    })
  }
})

test('on a terminal what runs is drawn anew below what has ended, in lines that fit', () => {
  let text = ''
  const stream = { isTTY: true, columns: 30, rows: 10, write: (part: string) => { text += part; return true } }
  const output = createOutput({ stdout: stream, stderr: stream, env: { NO_COLOR: '1' } } as unknown as NodeJS.Process)
  const { units } = planOf({ 'package.json': { workspaces: ['*'] }, 'a/package.json': { scripts: script }, 'b/package.json': { scripts: script } }, [{ name: 'a' }, { name: 'b' }])
  let nowMs = 0
  const screen = createScreen({ units, output, now: () => nowMs, shown: (path) => path })
  const [a, b] = units
  assert.ok(a !== undefined && b !== undefined)
  screen.begun(a)
  screen.begun(b)
  nowMs = 1500
  screen.ended(b, { status: 'built', durationMs: 1500, outputs: [] })
  screen.ended(a, { status: 'cached', durationMs: 1, outputs: [] })
  screen.close()
  assert.deepEqual(drawn(text), ['  b  built in 1.5 s', '  a  cached'])
  assert.match(text, /\n {2}a {2}npm run build 1\.5 s\n/)
})

/** As a terminal would show it at the end. */
function drawn (text: string): string[] {
  const lines: string[] = []
  let row = 0
  for (const [part] of text.replaceAll('\u001b[', '␛').matchAll(/␛\d*[AJ]|\n|\r|[^␛\n\r]+/gu)) {
    if (part.startsWith('␛') && part.endsWith('A')) row -= Number(part.slice(1, -1))
    else if (part.startsWith('␛')) lines.splice(row)
    else if (part === '\n') row++
    else if (part !== '\r') lines[row] = part
  }
  return lines
}
