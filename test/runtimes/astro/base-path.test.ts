// What a prefix makes of a config that knows nothing of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basePathOf, withBasePath, type AstroConfig } from '../../../src/runtimes/astro/base-path.ts'

test('the base is the prefix, and what the app redirects to begins with it', () => {
  assert.deepEqual(withBasePath<AstroConfig & { site: string }>({
    site: 'https://shop.example',
    redirects: {
      '/old': '/about',
      '/away': 'https://elsewhere.example/',
      '/moved': { status: 302, destination: '/new?a=1' },
      '/posts/[slug]': '/articles/[slug]'
    }
  }, '/shop'), {
    site: 'https://shop.example',
    base: '/shop',
    redirects: {
      '/old': '/shop/about',
      '/away': 'https://elsewhere.example/',
      '/moved': { status: 302, destination: '/shop/new?a=1' },
      '/posts/[slug]': '/articles/[slug]'
    }
  })
})

test('a config that says that there is none has none', () => {
  assert.deepEqual(withBasePath({ base: '/' }, '/shop'), { base: '/shop' })
})

const kept: Record<string, [config: AstroConfig, basePath: string]> = {
  'a base of its own': [{ base: '/docs', redirects: { '/old': '/about' } }, '/shop'],
  'one that is written without slashes': [{ base: 'docs' }, '/shop'],
  'any config without a prefix': [{ redirects: { '/old': '/about' } }, '']
}

for (const [name, [config, basePath]] of Object.entries(kept)) {
  test(`${name} stays as it is`, () => assert.equal(withBasePath(config, basePath), config))
}

test('a base is a path without the slash at its end', () => {
  assert.deepEqual([undefined, '', '/', 'docs', '/docs', '/docs/', '/a/b//'].map((base) => basePathOf(base === undefined ? {} : { base })), ['', '', '', '/docs', '/docs', '/docs', '/a/b'])
})
