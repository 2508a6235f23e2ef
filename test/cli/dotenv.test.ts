import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dotenvNames, dotenvVariables } from '../../src/cli/dev/dotenv.ts'

const none = { root: [], folder: [], readsOwn: false, real: {} }

test('files go from .env to .env.development.local', () => {
  assert.deepEqual(dotenvNames('development'), ['.env', '.env.development', '.env.local', '.env.development.local'])
})

const rows: Record<string, { sources: Partial<typeof none> & object, gives: Record<string, string> }> = {
  'a later file wins over an earlier one': { sources: { folder: [{ A: '1', B: '1' }, { B: '2' }] as never }, gives: { A: '1', B: '2' } },
  'the service\'s folder wins over the root': { sources: { root: [{ A: 'root', R: 'root' }] as never, folder: [{ A: 'own' }] as never }, gives: { A: 'own', R: 'root' } },
  'the real environment wins over all files, and gives nothing else': { sources: { folder: [{ A: 'file' }] as never, real: { A: 'real', B: 'real' } }, gives: { A: 'real' } },
  'an empty real value is a value': { sources: { folder: [{ A: 'file' }] as never, real: { A: '' } }, gives: { A: '' } },
  'the port of the app is not the service\'s': { sources: { folder: [{ PORT: '4000' }] as never, real: { PORT: '8080' } }, gives: { PORT: '4000' } },
  'NODE_ENV and NODE_OPTIONS are no file\'s': { sources: { folder: [{ NODE_ENV: 'production', NODE_OPTIONS: '--inspect' }] as never }, gives: {} },
  'what reads its own files is given the root\'s alone, but for names that its own have': { sources: { root: [{ A: 'root', R: 'root' }] as never, folder: [{ A: 'own', O: 'own' }] as never, readsOwn: true }, gives: { R: 'root' } }
}

for (const [name, { sources, gives }] of Object.entries(rows)) {
  test(name, () => assert.deepEqual(dotenvVariables({ ...none, ...sources }), gives))
}
