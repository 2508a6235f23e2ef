import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { gitRules, isEnvironmentFile, isNeverSource } from '../../src/cli/dev/ignored.ts'

const rows: Array<[pattern: string, ignored: string[], others: string[]]> = [
  ['dist', ['dist', 'a/dist', 'a/b/dist'], ['dist.js', 'a/redist']],
  ['dist/', ['dist/', 'a/dist/'], ['dist']],
  ['/dist', ['dist'], ['a/dist']],
  ['*.db', ['x.db', 'a/x.db', '.db'], ['x.dbs', 'db']],
  ['a/*.js', ['a/x.js'], ['a/b/x.js', 'b/a/x.js']],
  ['**/cache', ['cache', 'a/cache', 'a/b/cache'], ['caches']],
  ['a/**', ['a/b', 'a/b/c'], ['a', 'b/a/c']],
  ['a/**/z', ['a/z', 'a/b/z', 'a/b/c/z'], ['z', 'a/zz']],
  ['data?.txt', ['data1.txt'], ['data.txt', 'data/.txt']],
  ['data[0-9].txt', ['data1.txt'], ['datax.txt']],
  ['data[!0-9].txt', ['datax.txt'], ['data1.txt']],
  ['\\#x', ['#x'], ['x']],
  ['# x', [], ['# x', 'x']],
  ['*.js\n!keep.js', ['x.js'], ['keep.js', 'a/keep.js']],
  ['a.b+(c)', ['a.b+(c)'], ['axb+(c)', 'a.bb(c)']]
]

const isIgnored = (text: string, path: string): boolean => gitRules(text)(path.replace(/\/$/, ''), path.endsWith('/')) === true

for (const [pattern, ignored, others] of rows) {
  test(`git ignores by ${JSON.stringify(pattern)} what it should`, () => {
    assert.deepEqual(ignored.filter((path) => !isIgnored(pattern, path)), [])
    assert.deepEqual(others.filter((path) => isIgnored(pattern, path)), [])
  })
}

test('no text breaks the rules', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (text, path) => { gitRules(text)(path, false) }))
  fc.assert(fc.property(fc.array(fc.constantFrom('[', ']', '*', '\\', '!', '/', 'a', '-', '?', '(', '^')), (parts) => { gitRules(parts.join(''))('a', true) }))
})

test('what editors leave behind is no source, and .env files are', () => {
  assert.deepEqual(['node_modules', '.git', 'a.js~', '.a.js.swp', '4913', '#a#', 'x.log', 'x.sqlite-wal'].filter((name) => !isNeverSource(name)), [])
  assert.deepEqual(['index.js', 'log.js', 'template.html', '.eslintrc', 'tmp'].filter(isNeverSource), [])
  assert.deepEqual(['.env', '.env.local', '.env.development.local', '.environment', 'x.env'].filter(isEnvironmentFile), ['.env', '.env.local', '.env.development.local'])
})
