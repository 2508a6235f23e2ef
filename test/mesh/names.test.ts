import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hostOf, serviceOf } from '../../src/mesh/client/names.ts'

const declared = new Set(['shop', 'order-items'])
const rows: Record<string, string | undefined> = {
  'shop.internal': 'shop',
  'SHOP.Internal': 'shop',
  'shop.internal.': 'shop',
  'shop.plt.local': 'shop',
  'order-items.plt.local.': 'order-items',
  shop: undefined,
  internal: undefined,
  '.internal': undefined,
  'other.internal': undefined,
  'metadata.google.internal': undefined,
  'shop.google.internal': undefined,
  'a.shop.internal': undefined,
  'shop.internal.example.com': undefined,
  shopinternal: undefined,
  'shop.local': undefined,
  'shop.internal..': undefined,
  'toString.internal': undefined
}

for (const [host, service] of Object.entries(rows)) {
  test(`${host} is ${service ?? 'not ours'}`, () => assert.equal(serviceOf(host, (name) => declared.has(name)), service))
}

test('only declared services are ever named', () => {
  fc.assert(fc.property(fc.oneof(fc.domain(), fc.string()), (host) => {
    for (const name of [host, `${host}.internal`, `${host}.plt.local`]) {
      const service = serviceOf(name, (one) => declared.has(one))
      assert.ok(service === undefined || declared.has(service))
    }
  }))
})

const origins: Record<string, ReturnType<typeof hostOf>> = {
  'http://shop.internal': { host: 'shop.internal', isTls: false },
  'http://shop.internal:3000': { host: 'shop.internal', isTls: false },
  'https://shop.internal': { host: 'shop.internal', isTls: true },
  'ws://shop.internal': { host: 'shop.internal', isTls: false },
  'wss://shop.internal:1': { host: 'shop.internal', isTls: true },
  'HTTP://SHOP.internal': { host: 'SHOP.internal', isTls: false },
  'http://user:secret@shop.internal:80': { host: 'shop.internal', isTls: false },
  'http://[::1]:80': undefined,
  'ftp://shop.internal': undefined,
  'shop.internal': undefined
}

for (const [origin, host] of Object.entries(origins)) test(`the host of ${origin}`, () => assert.deepEqual(hostOf(origin), host))
