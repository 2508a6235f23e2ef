// What a start script starts, and what makes it too much to say.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { expand, readCommand } from '../../src/runtimes/command.ts'

const env = { PORT: '4000', EMPTY: '', OPTIONS: '-a  -b', DB: 'my db.json' }

/** As a person would write it, `%{` for `${`: variables, then file or program, its arguments, what is loaded first. */
function told (text: string, scripts = {}): string | undefined {
  const command = readCommand(text.replaceAll('%{', '${'), scripts)
  if (command === undefined) return undefined
  const variables = command.env.map(([name, value]) => `${name}=${expand([value], env).join(' ')}`)
  const loaded = [...command.envFiles.map((file) => `<${file}`), ...command.preloads.map((module) => `+${module}`)]
  return [...variables, `${command.runs}:${command.name}`, ...expand(command.args, env).map((arg) => JSON.stringify(arg).slice(1, -1)), ...loaded].join(' ')
}

const rows: Record<string, string | undefined> = {
  'json-server db.json': 'program:json-server db.json',
  '  json-server   --port  4001  db.json ': 'program:json-server --port 4001 db.json',
  'PORT=4001 NODE_ENV="production" http-server -p $PORT': 'PORT=4001 NODE_ENV=production program:http-server -p 4000',
  'http-server -p %{PORT:-8080} -a %{HOST:-::}': 'program:http-server -p 4000 -a ::',
  'http-server "$DB" $OPTIONS $EMPTY "$EMPTY"': 'program:http-server my db.json -a -b ',
  "say 'two words' three\\ words \"four \\\"words\\\"\" a'b'c": 'program:say two words three words four \\"words\\" abc',
  'node server.js': 'file:server.js',
  'node ./server.js --port 3000': 'file:./server.js --port 3000',
  '/usr/bin/node --enable-source-maps -r dotenv/config --import=./trace.mjs --max-old-space-size 512 dist/main': 'file:dist/main +dotenv/config +./trace.mjs',
  'node $NODE_OPTIONS server.js': 'file:server.js',
  'node --env-file=.env --watch server.js': 'file:server.js <.env',
  'cross-env NODE_ENV=production node server': 'NODE_ENV=production file:server',
  'dotenv -e .env.local -- json-server db.json': 'program:json-server db.json <.env.local',
  'npx -y http-server public': 'program:http-server public',
  'npm exec -- http-server public': 'program:http-server public',
  'pnpm exec http-server': 'program:http-server',
  'yarn http-server': 'program:http-server',
  'exec ./bin/www': 'program:./bin/www',
  'tsx src/index.ts': 'file:src/index.ts +tsx',
  'tsx watch src/index.ts': 'file:src/index.ts +tsx',
  'nodemon --watch src -e ts,json server.js': 'file:server.js',
  'ts-node -r tsconfig-paths/register src/main.ts': 'file:src/main.ts +ts-node/register +tsconfig-paths/register',
  'pm2-runtime start server.js': 'file:server.js',
  'npm run serve -- --quiet': 'file:a.js b --quiet',
  'X=1 yarn serve': 'X=1 file:a.js b',
  'npm run loop': undefined,
  'npm run none': undefined,
  'npm run build && node server.js': undefined,
  'node server.js | pino-pretty': undefined,
  'node $(which server)': undefined,
  'node -e "1"': undefined,
  node: undefined,
  '"open': undefined,
  '$PROGRAM x': undefined,
  'wattpm start': undefined,
  'concurrently "a" "b"': undefined,
  '': undefined
}

for (const [text, is] of Object.entries(rows)) {
  test(`${text}: ${is ?? 'no plain start of a program'}`, () => {
    assert.equal(told(text, { serve: 'node a.js b', loop: 'npm run loop' }), is)
  })
}

test('any text is read without an error', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.array(fc.constantFrom('node', 'npm', 'run', 'A=$B', '"', "'", '$', '${X', ':-y}', '--', '-r', 'dotenv', '-e', 'x')).map((words) => words.join(' '))), (text) => {
    told(text, { x: text })
  }))
})

test('plain words come out as they went in', () => {
  const word = fc.stringMatching(/^[\w./@:=,+-]+$/)
  fc.assert(fc.property(fc.array(word), (args) => {
    assert.deepEqual(expand(readCommand(['program', ...args].join(' '), {})?.args ?? [], {}), args)
  }))
})
