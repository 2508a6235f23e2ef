import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { restoreCookiePath, restorePath, rewritePath } from '../../src/gateway/rewrite.ts'
import { createRouteTable } from '../../src/gateway/route-table.ts'
import type { GatewayRoute } from '../../src/gateway/thread.ts'

const route = (service: string, host: string, pathPrefix: string): GatewayRoute => ({ service, host, pathPrefix })

const table = createRouteTable([
  route('shop', '*', '/'),
  route('api', '*', '/api'),
  route('orders', '*', '/api/orders'),
  route('exact', 'a.example.com', '/api'),
  route('wild', '*.example.com', '/'),
  route('deep', '*.b.example.com', '/')
])

const rows: Array<[does: string, host: string, path: string, service: string]> = [
  ['the root takes what nothing else does', 'x', '/', 'shop'],
  ['the longest prefix wins', 'x', '/api/orders/7', 'orders'],
  ['a prefix covers itself', 'x', '/api/orders', 'orders'],
  ['a prefix covers itself with a slash', 'x', '/api/orders/', 'orders'],
  ['a prefix ends with a segment', 'x', '/api/ordersX', 'api'],
  ['and so does a shorter one', 'x', '/apis', 'shop'],
  ['case counts in paths', 'x', '/API', 'shop'],
  ['an exact host goes before a wildcard', 'a.example.com', '/api/x', 'exact'],
  ['a host without a covering prefix leaves it to the next', 'a.example.com', '/other', 'wild'],
  ['a wildcard matches several labels', 'p.q.example.com', '/', 'wild'],
  ['the longer wildcard goes first', 'p.b.example.com', '/api', 'deep'],
  ['a wildcard is no match for its own domain', 'example.com', '/api', 'api'],
  ['nor for another that ends like it', 'badexample.com', '/api', 'api'],
  ['no host at all is every host\'s', '', '/api', 'api']
]

for (const [does, host, path, service] of rows) {
  test(`${does}: ${host}${path}`, () => assert.equal(table.find(host, path)?.service, service))
}

test('without a covering prefix there is no route', () => {
  assert.equal(createRouteTable([route('a', '*', '/a')]).find('x', '/b'), undefined)
})

// The table of Gateway API's HTTPPathModifier, and prefixes that are the root.
const rewrites: Array<[path: string, pathPrefix: string, rewrite: string, sees: string]> = [
  ['/foo/bar', '/foo', '/xyz', '/xyz/bar'],
  ['/foo/bar', '/foo', '/xyz/', '/xyz/bar'],
  ['/foo/bar', '/foo/', '/xyz', '/xyz/bar'],
  ['/foo/bar', '/foo/', '/xyz/', '/xyz/bar'],
  ['/foo', '/foo', '/xyz', '/xyz'],
  ['/foo/', '/foo', '/xyz', '/xyz/'],
  ['/foo/bar', '/foo', '', '/bar'],
  ['/foo/', '/foo', '', '/'],
  ['/foo', '/foo', '', '/'],
  ['/foo/', '/foo', '/', '/'],
  ['/foo', '/foo', '/', '/'],
  ['/foo', '/', '/', '/foo'],
  ['/foo', '/', '/xyz', '/xyz/foo']
]

for (const [path, pathPrefix, rewrite, sees] of rewrites) {
  test(`${path} with ${pathPrefix} replaced by "${rewrite}" is ${sees}`, () => assert.equal(rewritePath(path, { pathPrefix, rewrite }), sees))
}

const segment = fc.constantFrom('a', 'b', 'ab', 'api')
const path = fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
const locations: Array<[location: string, pathPrefix: string, rewrite: string | undefined, says: string]> = [
  ['/login', '/shop', '/', '/shop/login'],
  ['/', '/shop', '/', '/shop/'],
  ['/login?to=/x#y', '/shop/', '/', '/shop/login?to=/x#y'],
  ['/web/login', '/shop', '/web', '/shop/login'],
  ['/web', '/shop', '/web', '/shop'],
  ['/web?a', '/shop', '/web', '/shop?a'],
  ['/website', '/shop', '/web', '/website'],
  ['/v2/login', '/', '/v2', '/login'],
  ['/v2', '/', '/v2', '/'],
  ['/api/v2/x', '/api', '/api/v2', '/api/x'],
  ['/shop/login', '/shop', '/', '/shop/login'],
  ['/shops', '/shop', '/', '/shop/shops'],
  ['/login', '/shop', undefined, '/login'],
  ['login', '/shop', '/', 'login'],
  ['//other.example/login', '/shop', '/', '//other.example/login'],
  ['https://other.example/login', '/shop', '/', 'https://other.example/login']
]

for (const [location, pathPrefix, rewrite, says] of locations) {
  test(`Location ${location} of a service behind ${pathPrefix} replaced by ${rewrite ?? 'nothing'} is ${says}`, () => {
    assert.equal(restorePath(location, { pathPrefix, ...rewrite !== undefined && { rewrite } }), says)
  })
}

const host = fc.constantFrom('*', '*.x.y', 'a.x.y', '*.y')
const routes = fc.array(fc.record({ service: fc.constantFrom('s', 't', 'u'), host, pathPrefix: path, rewrite: path }), { maxLength: 8 })
const segments = (text: string): string[] => text.split('/').filter((part) => part !== '')

test('a route is found only where its host and whole segments match, and the longest of its host', () => {
  fc.assert(fc.property(routes, path, fc.constantFrom('a.x.y', 'b.x.y', 'y', 'z'), (all, asked, name) => {
    const covers = ({ host, pathPrefix }: GatewayRoute): boolean =>
      (host === '*' || host === name || (host.startsWith('*.') && name.endsWith(host.slice(1)))) &&
      segments(pathPrefix).every((part, index) => segments(asked)[index] === part)
    const found = createRouteTable(all).find(name, asked)
    const candidates = all.filter(covers)
    if (found === undefined) return assert.deepEqual(candidates, [])
    assert.ok(covers(found))
    const sameHost = candidates.filter(({ host }) => host === found.host)
    assert.equal(segments(found.pathPrefix).length, Math.max(...sameHost.map(({ pathPrefix }) => segments(pathPrefix).length)))
  }))
})

test('a rewritten path keeps what the prefix did not cover, and is a path', () => {
  fc.assert(fc.property(path, path, path, (prefix, rest, rewrite) => {
    const sees = rewritePath(prefix === '/' ? rest : prefix + rest, { pathPrefix: prefix, rewrite })
    assert.deepEqual(segments(sees), [...segments(rewrite), ...segments(rest)])
    assert.match(sees, /^\/(?!\/)/)
  }))
})

for (const { cookie, says, pathPrefix = '/shop', rewrite = '/' } of [
  { cookie: 'sid=1; Path=/cart; HttpOnly', says: 'sid=1; Path=/shop/cart; HttpOnly' },
  { cookie: 'sid=1; HttpOnly; path = /cart', says: 'sid=1; HttpOnly; path = /shop/cart' },
  { cookie: 'sid=1; Path=/', says: 'sid=1; Path=/' },
  { cookie: 'sid=1', says: 'sid=1' },
  { cookie: 'sid=1; Path=/shop/cart', says: 'sid=1; Path=/shop/cart' },
  { cookie: 'path=/cart; Secure', says: 'path=/cart; Secure' },
  { cookie: 'sid=1; Path=/v2/cart', says: 'sid=1; Path=/api/cart', pathPrefix: '/api', rewrite: '/v2' },
  { cookie: 'sid=1; Path=/other', says: 'sid=1; Path=/other', pathPrefix: '/api', rewrite: '/v2' }
]) {
  test(`Set-Cookie ${cookie} of a service behind ${pathPrefix} replaced by ${rewrite} is ${says}`, () => {
    assert.equal(restoreCookiePath(cookie, { pathPrefix, rewrite }), says)
  })
}
