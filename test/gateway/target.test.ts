import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { WattError } from '../../src/base/error.ts'
import { normalPath, readTarget } from '../../src/gateway/target.ts'

const paths: Record<string, string | null> = {
  '/': '/',
  '': '/',
  '/api/products/7': '/api/products/7',
  '/trailing/': '/trailing/',
  '//api': '/api',
  '/a///b//': '/a/b/',
  '/.well-known/x': '/.well-known/x',
  '/...': '/...',
  '/..a/b..': '/..a/b..',
  '/a%20b': '/a%20b',
  '/%61pi': '/api',
  '/caf%C3%A9': '/caf%C3%A9',
  '/a%2Fb': '/a%2Fb',
  '/a%2f': '/a%2f',
  '/..;/x': '/..;/x',
  '/{}|^': '/{}|^',
  '/a/../b': null,
  '/a/./b': null,
  '/..': null,
  '/.': null,
  '/%2e%2e/x': null,
  '/.%2E/x': null,
  '/a%2f..%2fb': null,
  '/a/..%2Fb': null,
  '/a%2f%2e%2e/b': null,
  '/a\\b': null,
  '/a%5cb': null,
  '/a%00b': null,
  '/a%0d%0ab': null,
  '/a%7f': null,
  '/100%': null,
  '/%zz': null
}

for (const [path, normal] of Object.entries(paths)) {
  test(`the path "${path}" is ${normal === null ? 'refused' : `"${normal}"`}`, () => {
    const got = normalPath(path)
    if (normal !== null) return assert.equal(got, normal)
    assert.ok(got instanceof WattError)
    assert.equal(got.code, 'WATT_PATH_NOT_NORMAL')
  })
}

const targets: Array<[target: string, hosts: string[], is: { host: string, path: string, query?: string } | string]> = [
  ['/a?b=/../c', ['Shop.Example.COM:8080'], { host: 'shop.example.com', path: '/a', query: '?b=/../c' }],
  ['/a', ['shop.example.com.'], { host: 'shop.example.com', path: '/a' }],
  ['/a', ['[::1]:80'], { host: '[::1]', path: '/a' }],
  ['/a', [''], { host: '', path: '/a' }],
  ['http://other.example/x?y', ['shop'], { host: 'other.example', path: '/x', query: '?y' }],
  ['HTTP://other.example', ['shop'], { host: 'other.example', path: '/' }],
  ['http://other.example?y', ['shop'], { host: 'other.example', path: '/', query: '?y' }],
  ['/a', [], 'WATT_HOST_INVALID'],
  ['/a', ['a', 'b'], 'WATT_HOST_INVALID'],
  ['/a', ['a b'], 'WATT_HOST_INVALID'],
  ['/a', ['a/b'], 'WATT_HOST_INVALID'],
  ['/a', ['user@a'], 'WATT_HOST_INVALID'],
  ['/a', ['a:b'], 'WATT_HOST_INVALID'],
  ['http://', ['a'], 'WATT_HOST_INVALID'],
  ['http://user:x@a/', ['a'], 'WATT_HOST_INVALID'],
  ['ftp://a/', ['a'], 'WATT_TARGET_INVALID'],
  ['*', ['a'], 'WATT_TARGET_INVALID'],
  ['a', ['a'], 'WATT_TARGET_INVALID'],
  ['a:443', ['a'], 'WATT_TARGET_INVALID'],
  ['/a#b', ['a'], 'WATT_TARGET_INVALID'],
  ['/é', ['a'], 'WATT_TARGET_INVALID'],
  ['/a b', ['a'], 'WATT_TARGET_INVALID'],
  ['http://a/../b', ['a'], 'WATT_PATH_NOT_NORMAL']
]

for (const [target, hosts, is] of targets) {
  test(`the target ${target} with Host ${JSON.stringify(hosts)} is ${JSON.stringify(is)}`, () => {
    const got = readTarget(target, hosts, true)
    if (typeof is === 'string') return assert.equal(got instanceof WattError ? got.code : got, is)
    assert.ok(!(got instanceof WattError))
    assert.deepEqual({ host: got.host, path: got.path, query: got.query }, { query: '', ...is })
  })
}

test('HTTP/1.0 needs no Host', () => {
  assert.equal(readTarget('/', [], false) instanceof WattError, false)
})

const piece = fc.constantFrom('/', '.', '..', '%2e', '%2E', '%2f', '%5c', '%61', 'a', '\\', '%', '%00', 'é', '~', ';', '//')
const anyPath = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`)

test('a normal path stays as it is, and has nothing that a decoder could take for a way up', () => {
  fc.assert(fc.property(anyPath, (path) => {
    const normal = normalPath(path)
    if (normal instanceof WattError) return
    assert.equal(normalPath(normal), normal)
    assert.match(normal, /^\/(?!\/)/)
    const decoded = normal.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    assert.ok(!decoded.split('/').some((part) => part === '.' || part === '..'))
  }))
})

test('a normal path means what URL makes of it, once empty segments are gone', () => {
  fc.assert(fc.property(anyPath, (path) => {
    const normal = normalPath(path)
    if (normal instanceof WattError) return
    assert.equal(new URL(normal, 'http://x').pathname, encodeURI(normal).replaceAll('%25', '%'))
  }))
})
