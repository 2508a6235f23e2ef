// Programs of packages that know nothing of WattApp: found as npm finds them for scripts, and run with their arguments.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { appFolder, ServiceThread } from './service-thread.ts'

/** Says what it was started with, on a port of its own. */
const program = `#!/usr/bin/env node
const { basename } = require('node:path')
require('node:http').createServer((request, response) => response.end(JSON.stringify({
  argv: [basename(process.argv[1]), ...process.argv.slice(2)], isMain: require.main === module, greeting: process.env.GREETING, cwd: process.cwd()
}))).listen(4321)
module.exports = () => 'for those who require it'
`

const installed = {
  'node_modules/@scope/greet/package.json': JSON.stringify({ name: '@scope/greet', main: 'index.js', bin: { greet: 'cli' } }),
  'node_modules/@scope/greet/cli': program,
  'node_modules/@scope/greet/index.js': 'throw new Error("this is for those who require it")'
}

const linked = { ...installed, 'node_modules/.bin/greet': '-> ../@scope/greet/cli' }

/** As pnpm writes it. */
const shim = `#!/bin/sh
basedir=$(dirname "$(echo "$0" | sed -e 's,\\\\,/,g')")
if [ -x "$basedir/node" ]; then
  exec "$basedir/node"  "$basedir/../@scope/greet/cli" "$@"
else
  exec node  "$basedir/../@scope/greet/cli" "$@"
fi
`

const starts = (start: string): string => JSON.stringify({ main: 'index.js', scripts: { start }, dependencies: { '@scope/greet': '1' } })

interface Row { files: Record<string, string>, path?: string, entry?: string, args?: string[], because: string, argv: string[], greeting?: string, folder?: string }

const rows: Record<string, Row> = {
  'the start script may name a program': { files: { ...linked, 'api/package.json': starts('greet db.json') }, because: 'the start script runs greet', argv: ['cli', 'db.json'] },
  'arguments of the service follow those of the script, whose variables are set': {
    files: { ...linked, 'api/package.json': starts('GREETING="good day" greet --port $PORT') }, args: ['--loud'], because: 'the start script runs greet', argv: ['cli', '--port', '3000', '--loud'], greeting: 'good day'
  },
  'a program that pnpm wrote a shell script for is run without the shell': {
    files: { ...installed, 'node_modules/.bin/greet': shim, 'api/package.json': starts('greet') }, because: 'the start script runs greet', argv: ['cli']
  },
  'a copy of node_modules without .bin is enough': { files: { ...installed, 'api/package.json': starts('greet') }, because: 'the start script runs greet', argv: ['cli'] },
  'the folder\'s own node_modules come first': {
    files: {
      'node_modules/.bin/greet': 'throw new Error("not this one")',
      ...Object.fromEntries(Object.entries(linked).map(([name, content]) => [`api/${name}`, content])),
      'api/package.json': starts('greet')
    },
    because: 'the start script runs greet',
    argv: ['cli']
  },
  'a program comes before a file that is there for others': { files: { ...linked, 'api/package.json': starts('greet'), 'api/index.js': 'throw new Error("not this one")' }, because: 'the start script runs greet', argv: ['cli'] },
  'entry may name a program': { files: { ...linked, 'api/notes.txt': '' }, entry: 'greet', args: ['a'], because: 'the service names greet', argv: ['cli', 'a'] },
  'entry may name a package': { files: { ...installed, 'api/notes.txt': '' }, entry: '@scope/greet', because: 'the service names @scope/greet', argv: ['cli'] },
  'entry may name a package\'s file': { files: installed, path: '.', entry: 'node_modules/@scope/greet/cli', because: 'there is node_modules/@scope/greet/cli', argv: ['cli'] },
  'a package may be listed by its folder': { files: installed, path: 'node_modules/@scope/greet', because: 'the service is the package of @scope/greet', argv: ['cli'] },
  'the start script may run a file with options of Node.js': {
    files: {
      'api/package.json': starts('node --env-file=.env -r ./loaded.cjs --import ./imported.mjs server.cjs --x'),
      'api/.env': 'GREETING=from the file',
      'api/loaded.cjs': 'process.env.GREETING += ", required"',
      'api/imported.mjs': 'process.env.GREETING += ", imported"',
      'api/server.cjs': program
    },
    because: 'there is server.cjs',
    argv: ['server.cjs', '--x'],
    greeting: 'from the file, required, imported'
  }
}

for (const [name, { files, path = 'api', entry, args, because, argv, greeting }] of Object.entries(rows)) {
  test(name, async () => {
    using app = appFolder(files)
    await using service = new ServiceThread({ root: app.root, path, ...(entry !== undefined && { entry }), ...(args !== undefined && { args }) })
    const ready = await service.heard('ready')
    assert.deepEqual([ready.runtime, ready.reason], ['node', because])
    const said = JSON.parse((await service.ask('/')).body) as Record<string, unknown>
    assert.deepEqual([said.argv, said.isMain, said.greeting], [argv, true, greeting])
  })
}

test('a program that is not installed is named', async () => {
  using app = appFolder({ 'api/package.json': starts('greet db.json') })
  await using service = new ServiceThread({ root: app.root, path: 'api' })
  const { error } = await service.heard('failed')
  assert.equal(error.code, 'WATT_RUNTIME_NOT_FOUND')
  assert.match(error.message, /the start script's program greet/)
})

test('a program outside of the app\'s root is refused', async () => {
  using elsewhere = appFolder(installed)
  using app = appFolder({ 'api/package.json': starts('greet'), 'api/node_modules/.bin/greet': `-> ${elsewhere.root}/node_modules/@scope/greet/cli` })
  await using service = new ServiceThread({ root: app.root, path: 'api' })
  assert.equal((await service.heard('failed')).error.code, 'WATT_PATH_OUTSIDE')
})
