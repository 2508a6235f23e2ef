// What a prefix makes of a config that knows nothing of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withBasePath } from '../../../src/runtimes/next/base-path.ts'
import { withLocalOrigins } from '../../../src/runtimes/next/development-config.ts'

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

test('in development pages on 127.0.0.1 are this server\'s own, beside those that the config allows', () => {
  assert.deepEqual(withLocalOrigins({ basePath: '/shop' }), { basePath: '/shop', allowedDevOrigins: ['127.0.0.1'] })
  assert.deepEqual(withLocalOrigins({ allowedDevOrigins: ['shop.test'] }), { allowedDevOrigins: ['shop.test', '127.0.0.1'] })
})
