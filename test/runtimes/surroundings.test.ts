// What a thread lacks of a process is given to it: the paths that surroundings.cjs uses are relative.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fixtures, ServiceThread } from './service-thread.ts'

let service: ServiceThread

before(async () => {
  service = new ServiceThread({ path: 'surroundings.cjs', args: ['--verbose', 'now'], env: { OWN: 'yes', HOME: '/home/service', TMPDIR: '/tmp/service' } })
  await service.heard('ready')
})

after(async () => { await service[Symbol.asyncDispose]() })

const note = 'a note\n'
const rows: Record<string, { ask: string, gives: unknown }> = {
  'process.cwd() is the service\'s folder': { ask: 'cwd', gives: fixtures },
  'process.argv is that of `node ENTRY ARGS`': { ask: 'argv', gives: [process.execPath, `${fixtures}/surroundings.cjs`, '--verbose', 'now'] },
  'process.title is the service': { ask: 'title', gives: 'greeter' },
  'PORT and HOST are there, and nothing of the process\' own environment': { ask: 'env', gives: { PORT: '3000', HOST: '127.0.0.1', OWN: 'yes', PATH: true } },
  'fs.readFileSync': { ask: 'readFileSync', gives: note },
  'fs.readFile with a callback': { ask: 'readFile', gives: note },
  'fs/promises': { ask: 'promises', gives: note },
  'fs.createReadStream': { ask: 'stream', gives: note },
  'fs.exists, promisified': { ask: 'existsAsync', gives: true },
  'fs.realpathSync.native': { ask: 'realpath', gives: `${fixtures}/notes.txt` },
  'a file URL': { ask: 'url', gives: note },
  'an absolute path in a Buffer': { ask: 'buffer', gives: note },
  'fs.globSync': { ask: 'glob', gives: ['notes.txt'] },
  'a symlink\'s target stays relative to the link': { ask: 'symlink', gives: ['notes.txt', note] },
  'a missing file is ENOENT': { ask: 'missing', gives: 'ENOENT' },
  'the empty path is ENOENT': { ask: 'empty', gives: 'ENOENT' },
  'child_process.execSync begins in the folder': { ask: 'execSync', gives: fixtures },
  'child_process.spawnSync begins in the folder': { ask: 'spawnSync', gives: fixtures },
  'child_process.execFileSync takes a cwd relative to it': { ask: 'execFileSync', gives: import.meta.dirname },
  'child_process.exec begins in the folder': { ask: 'exec', gives: fixtures },
  'a SQLite database is made in the folder': { ask: 'sqlite', gives: [true, true, 'DatabaseSync'] },
  'a thread that the service starts has its folder, title and env, and so have its own': {
    ask: 'worker',
    gives: { cwd: fixtures, resolved: '/x', note, pwd: fixtures, sqlite: true, title: 'greeter', env: { OWN: 'yes' }, chdir: 'ERR_WORKER_UNSUPPORTED_OPERATION', inner: fixtures }
  },
  'such a thread begins where the service is then': { ask: 'workerAfterChdir', gives: '/public' },
  'such a thread of code as text': { ask: 'workerCode', gives: note },
  'such a thread with an env of its own': { ask: 'workerEnv', gives: { ONLY: 'this' } },
  'process.kill of the own process in such a thread ends that alone': { ask: 'workerKills', gives: 143 },
  'process.exit in such a thread ends that alone': { ask: 'workerExits', gives: 3 },
  'a relative path in a Buffer': { ask: 'relativeBuffer', gives: note },
  'path.resolve and pathToFileURL': { ask: 'resolve', gives: [`${fixtures}/notes.txt`, `file://${fixtures}/notes.txt`] },
  'fs.createWriteStream': { ask: 'writeStream', gives: 'written' },
  'fs.Utf8Stream': { ask: 'utf8Stream', gives: 'written' },
  'fs.cp': { ask: 'cp', gives: true },
  'fs.opendir': { ask: 'opendir', gives: true },
  'fs.watch': { ask: 'watch', gives: 'new' },
  'fs.mkdtemp gives a relative name back': { ask: 'mkdtemp', gives: Array(3).fill(['made-XXXXXX'.length, true]) },
  'the entries of a folder name it as it was given': { ask: 'entries', gives: ['public', '.', './public'] },
  'a Unix socket': { ask: 'unixSocket', gives: [true, 'by a socket', 'by a socket'] },
  'a SQLite database by a relative URL': { ask: 'sqliteUrl', gives: true },
  'SQLite databases in memory': { ask: 'sqliteMemory', gives: [null, null, null, null] },
  'standard input is empty': { ask: 'stdin', gives: ['', '', 0, 0, 0] },
  'os.homedir() and os.tmpdir() are those of the service\'s env': { ask: 'home', gives: ['/home/service', '/tmp/service'] },
  'process.kill of the own group reaches the own handlers': { ask: 'killGroup', gives: 'SIGUSR2' },
  'a forked program begins in the folder, with the service\'s env': { ask: 'fork', gives: [fixtures, 'yes', note] },
  'what a process without IPC has not': { ask: 'nothingElse', gives: [true, false, 'undefined'] },
  'process.chdir() moves this thread': { ask: 'chdir', gives: ['/public', true] },
  'process.chdir() to what is not there is ENOENT': { ask: 'chdirMissing', gives: 'ENOENT' }
}

for (const [name, { ask, gives }] of Object.entries(rows)) {
  test(name, async () => {
    const { status, body } = await service.ask(`/${ask}`)
    assert.equal(status, 200)
    assert.deepEqual(JSON.parse(body), gives)
  })
}

test('what an ES module imports by name is located too', async () => {
  await using imported = new ServiceThread({ path: 'surroundings-imported.mjs' })
  await imported.heard('ready')
  assert.deepEqual(JSON.parse((await imported.ask('/')).body), [note, note, fixtures, true, 'from .env'])
})

test('the process\' own working directory is untouched', async () => {
  await service.ask('/chdir')
  assert.notEqual(process.cwd(), fixtures)
})
