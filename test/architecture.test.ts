// Imports go one way, packages have homes, files stay small: what keeps a thread light and a reader at home.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

const light = 'base api mesh telemetry'
const below = new Map([
  ['base', ''], ['api', 'base'], ['telemetry', 'base api mesh'],
  ['mesh', light], ['runtimes', light], ['gateway', light], ['events', light],
  ['supervisor', `${light} runtimes gateway events`],
  ['operator', 'base api telemetry'], ['cli', 'base api telemetry operator supervisor runtimes']
])

/** Folders whose decisions take time, chance and the environment as arguments. */
const pure = [
  'src/api/*.ts', 'src/base/backoff.ts', 'src/**/*-state.ts', 'src/operator/render/*.ts', 'src/operator/status/conditions.ts',
  'src/operator/{accept,change,prune}.ts', 'src/mesh/{frame,credit,directory,pick}.ts', 'src/gateway/{route-table,rewrite,target,request-fields,response-fields,forwarding,config,websocket-frames}.ts',
  'src/gateway/http/{characters,request-head,chunked}.ts',
  'src/supervisor/{start-order,config-diff,process-end,process-figures,memory-share,memory-fit}.ts', 'src/runtimes/{detect,exported,manifest,page-request,static-request}.ts', 'src/runtimes/next/{base-path,development-config}.ts', 'src/runtimes/react-router/{base-path,error-page,origin}.ts', 'src/runtimes/astro/{base-path,manifest,module-links,page-path}.ts', 'src/runtimes/next/cache/tag-table.ts', 'src/telemetry/catalogue.ts',
  'src/cli/draft/{base-path,command,draft,entry,loose,names,secrets,settle,variables}.ts', 'src/cli/{image,import,init}/*.ts', 'src/cli/project/{build-step,dependents,package-manager}.ts',
  'src/cli/build/{plan,tool-environment,written,report,manifest-text}.ts', 'src/cli/inspect/{target,first-line}.ts', 'src/cli/local/inspected-config.ts', 'src/cli/dev/{code-frame,development-config,dotenv,ignored,stack}.ts', 'src/gateway/error-page.ts'
]

/** Every package that a thread's entry may reach, through any number of our own files. */
const closures: Record<string, { statically: string[] }> = {
  'src/runtimes/main.ts': { statically: [] },
  'src/runtimes/process-host.ts': { statically: [] },
  'src/supervisor/process-carrier.ts': { statically: [] },
  'src/gateway/main.ts': { statically: [] },
  'src/supervisor/main.ts': { statically: [] }
}

const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm

interface Import { to: string, isType: boolean }

function importsOf (file: string): Import[] {
  return Array.from(readFileSync(file, 'utf8').matchAll(statement), ([text, type, to = '']) =>
    ({ to, isType: type !== undefined || /^\s*(?:import|export)\s*\{(?:\s*type\s[^,}]+,?)+\s*\}/.test(text) }))
}

const sources = globSync('src/**/*.ts')

for (const file of sources) {
  const home = file.split('/')[1] ?? ''
  const wrong = importsOf(file)
    .filter(({ to, isType }) => to.startsWith('.') && !(isType && home === 'telemetry'))
    .map(({ to }) => normalize(join(dirname(file), to)).split('/')[1] ?? '')
    .filter((to) => to !== home && below.has(to) && !(below.get(home) ?? '').split(' ').includes(to))
  test(`${file} imports only folders below its own`, () => assert.deepEqual(wrong, []))
}

test('what a thread records never imports what exposes it', () => {
  const wrong = globSync('src/telemetry/record/*.ts').filter((file) => importsOf(file).some(({ to }) => to.includes('/expose/')))
  assert.deepEqual(wrong, [])
})

test('the mesh and what threads record import no package', () => {
  const wrong = globSync(['src/mesh/**/*.ts', 'src/telemetry/record/*.ts', 'src/base/*.ts', 'src/api/*.ts'])
    .filter((file) => importsOf(file).some(({ to, isType }) => !isType && !to.startsWith('.') && !to.startsWith('node:')))
  assert.deepEqual(wrong, [])
})

for (const [entry, { statically }] of Object.entries(closures)) {
  test(`${entry} reaches no package but ${statically.join(', ') || 'none'}`, () => {
    const packages = new Set<string>()
    const seen = new Set<string>()
    const todo = [entry]
    for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
      if (seen.has(file)) continue
      seen.add(file)
      assert.ok(existsSync(file), `${file} is imported and does not exist`)
      for (const { to, isType } of importsOf(file)) {
        if (isType || to.startsWith('node:')) continue
        if (to.startsWith('.')) todo.push(normalize(join(dirname(file), to)))
        else packages.add(to)
      }
    }
    assert.deepEqual([...packages].filter((name) => !statically.includes(name)), [])
  })
}

// Even `import { type Server }` is an import once it is compiled.
test('threads import nothing but types from node:http, which would bring undici along: base/http.ts has the rest', () => {
  const wrong = globSync('src/{api,base,mesh,telemetry,runtimes,gateway,supervisor}/**/*.ts')
    .filter((file) => /^import (?!type\b)[^'"]*['"]node:http['"]/m.test(readFileSync(file, 'utf8')))
  assert.deepEqual(wrong, [])
})

test('pure files take time, chance and the environment as arguments', () => {
  const wrong = globSync(pure).filter((file) => {
    const code = readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|`[^`]*`/g, '')
    return importsOf(file).some(({ to, isType }) => !isType && to.startsWith('node:')) || /\bDate\b(?!\.parse)|Math\.random|\bprocess\.|setTimeout/.test(code)
  })
  assert.deepEqual(wrong, [])
})

test('a source file is one thing: at most 400 lines, and no drawer for odds and ends', () => {
  const drawers = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'manager'])
  const wrong = sources.filter((file) => readFileSync(file, 'utf8').split('\n').length > 401 || drawers.has(basename(file, '.ts')))
  assert.deepEqual(wrong, [])
})
