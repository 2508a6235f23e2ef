import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basePathOf } from '../../src/api/base-path.ts'

const rows: ReadonlyArray<readonly [what: string, prefixes: string[], basePath: string]> = [
  ['no routes', [], ''],
  ['the root of a host', ['/'], ''],
  ['one prefix', ['/shop'], '/shop'],
  ['a prefix of two segments', ['/shop/eu'], '/shop/eu'],
  ['a prefix that ends with a slash', ['/shop/'], '/shop'],
  ['one prefix on two hosts', ['/shop', '/shop'], '/shop'],
  ['one below the other', ['/shop', '/shop/eu'], '/shop'],
  ['two with a segment in common', ['/shop/eu', '/shop/us'], '/shop'],
  ['two that begin with the same letters', ['/shop', '/shopping'], ''],
  ['a prefix and the root', ['/shop', '/'], '']
]

for (const [what, prefixes, basePath] of rows) {
  test(`the base path of ${what} is "${basePath}"`, () => {
    assert.equal(basePathOf(prefixes.map((pathPrefix) => ({ host: '*', pathPrefix }))), basePath)
  })
}

test('a rewritten prefix is what browsers see', () => {
  assert.equal(basePathOf([{ host: '*', pathPrefix: '/shop', rewrite: '/' }]), '/shop')
})
