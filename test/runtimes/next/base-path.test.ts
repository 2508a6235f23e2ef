// What a prefix makes of a config that knows nothing of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withBasePath, withinBasePath } from '../../../src/runtimes/next/base-path.ts'

test('the paths of pages, scripts and the image optimiser begin with it', () => {
  assert.deepEqual(withBasePath({ basePath: '', assetPrefix: '', images: { path: '/_next/image' } }, '/shop'), {
    basePath: '/shop', givenBasePath: '/shop', assetPrefix: '/shop', images: { path: '/shop/_next/image' }
  })
})

test('what the app\'s own config says stays', () => {
  const own = { basePath: '/docs', assetPrefix: '/docs', images: { path: '/docs/_next/image' } }
  assert.equal(withBasePath(own, '/shop'), own)
  assert.deepEqual(withBasePath({ assetPrefix: 'https://cdn.example', images: { path: 'https://images.example' } }, '/shop'), {
    basePath: '/shop', givenBasePath: '/shop', assetPrefix: 'https://cdn.example', images: { path: 'https://images.example' }
  })
})

test('without a prefix nothing changes', () => {
  const config = { basePath: '' }
  assert.equal(withBasePath(config, ''), config)
})

const redirects: Record<string, string> = {
  '/about': '/shop/about',
  '/shop/about': '/shop/about',
  '/shop?a=1': '/shop?a=1',
  '/shopping': '/shop/shopping',
  '//elsewhere.example/about': '//elsewhere.example/about',
  'https://elsewhere.example/about': 'https://elsewhere.example/about',
  '?page=2': '?page=2'
}

for (const [from, to] of Object.entries(redirects)) {
  test(`a redirect to ${from} leads to ${to}`, () => assert.equal(withinBasePath(from, '/shop'), to))
}
