// Paths, ranges and freshness of static files, decided without files.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { answer, contentType, entityTag, parseTarget, type Conditions } from '../../src/runtimes/static-request.ts'

const file = { size: 1000, modifiedMs: 1_700_000_000_500, changedMs: 1_700_000_000_900 }
const none: Conditions = { method: 'GET', ifNoneMatch: undefined, ifModifiedSince: undefined, ifRange: undefined, range: undefined }

const targets: Record<string, ReturnType<typeof parseTarget>> = {
  '/': { names: [], isFolder: true, query: '' },
  '/a/b.txt': { names: ['a', 'b.txt'], isFolder: false, query: '' },
  '/a/b/?c=/d': { names: ['a', 'b'], isFolder: true, query: '?c=/d' },
  '/%61%20b#c': { names: ['a b'], isFolder: false, query: '#c' },
  '/.well-known/x': { names: ['.well-known', 'x'], isFolder: false, query: '' },
  '/a//b': undefined,
  '//a': undefined,
  '/..': undefined,
  '/%2e%2e/a': undefined,
  '/a%2fb': undefined,
  '/a%5cb': undefined,
  '/a%00': undefined,
  '/%zz': undefined,
  'a/b': undefined,
  '': undefined,
  '*': undefined
}

for (const [target, parsed] of Object.entries(targets)) {
  test(`the target ${JSON.stringify(target)}`, () => assert.deepEqual(parseTarget(target), parsed))
}

test('no target leads out of the folder or to a dotfile, whatever it is made of', () => {
  const piece = fc.constantFrom('/', '//', '.', '..', '%2e', '%2E%2e', '%2f', '%5c', '\\', '%00', 'a', 'index.html', '?', '#', '%', '.well-known')
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
    const parsed = parseTarget(`/${pieces.join('')}`)
    for (const [depth, name] of (parsed?.names ?? []).entries()) {
      assert.ok(name !== '' && !/[/\\\0]/.test(name))
      assert.ok(!name.startsWith('.') || (depth === 0 && name === '.well-known'))
    }
  }), { numRuns: 2000 })
})

const ranges: Record<string, ReturnType<typeof answer>> = {
  'bytes=0-0': { status: 206, first: 0, last: 0 },
  'bytes=0-': { status: 206, first: 0, last: 999 },
  'bytes=-1': { status: 206, first: 999, last: 999 },
  'bytes=-5000': { status: 206, first: 0, last: 999 },
  'bytes=999-2000': { status: 206, first: 999, last: 999 },
  'Bytes = 1 - 2 ': { status: 206, first: 1, last: 2 },
  'bytes=1000-': { status: 416 },
  'bytes=-0': { status: 416 },
  'bytes=2-1': { status: 200 },
  'bytes=-': { status: 200 },
  'bytes=a-b': { status: 200 },
  'lines=0-1': { status: 200 },
  'bytes=0-1,2-3': { status: 200 }
}

for (const [range, given] of Object.entries(ranges)) {
  test(`the range ${range}`, () => assert.deepEqual(answer({ ...none, range }, file, entityTag(file)), given))
}

test('a range of an empty file cannot be given', () => {
  assert.deepEqual(answer({ ...none, range: 'bytes=0-' }, { ...file, size: 0 }, entityTag(file)), { status: 416 })
  assert.deepEqual(answer({ ...none, range: 'bytes=-1' }, { ...file, size: 0 }, entityTag(file)), { status: 416 })
})

test('a range given lies within the file', () => {
  fc.assert(fc.property(fc.nat(2000), fc.option(fc.nat(2000)), fc.option(fc.nat(2000)), (size, from, to) => {
    const given = answer({ ...none, range: `bytes=${from ?? ''}-${to ?? ''}` }, { ...file, size }, entityTag(file))
    if (given.status === 206) assert.ok(given.first >= 0 && given.first <= given.last && given.last < size)
  }))
})

const tag = entityTag(file)
const second = new Date(1_700_000_000_000).toUTCString()
const conditions: Record<string, { has: Partial<Conditions>, status: number }> = {
  'its tag': { has: { ifNoneMatch: tag }, status: 304 },
  'its tag as weak, in a list': { has: { ifNoneMatch: `"a", W/${tag}` }, status: 304 },
  'another tag, though the date is the same': { has: { ifNoneMatch: '"a"', ifModifiedSince: second }, status: 200 },
  'the date of its last change, in whole seconds': { has: { ifModifiedSince: second }, status: 304 },
  'an older date': { has: { ifModifiedSince: new Date(1_699_999_999_000).toUTCString() }, status: 200 },
  'a date that is none': { has: { ifModifiedSince: 'yesterday' }, status: 200 },
  'its tag and a range: freshness comes first': { has: { ifNoneMatch: tag, range: 'bytes=0-1' }, status: 304 },
  'a range if it is still the same': { has: { ifRange: tag, range: 'bytes=0-1' }, status: 206 },
  'a range if a date, which is too weak': { has: { ifRange: second, range: 'bytes=0-1' }, status: 200 },
  'a range in HEAD, where it means nothing': { has: { method: 'HEAD', range: 'bytes=0-1' }, status: 200 }
}

for (const [name, { has, status }] of Object.entries(conditions)) {
  test(`asked with ${name}: ${status}`, () => assert.equal(answer({ ...none, ...has }, file, entityTag(file)).status, status))
}

test('a file that was replaced by one of the same size and date has another tag', () => {
  assert.notEqual(entityTag({ ...file, changedMs: file.changedMs + 5 }), tag)
})

test('a name without a known extension is bytes', () => {
  assert.deepEqual(['a.HTML', 'a', 'a.unknown', 'constructor', 'a.constructor'].map(contentType),
    ['text/html; charset=utf-8', 'application/octet-stream', 'application/octet-stream', 'application/octet-stream', 'application/octet-stream'])
})
