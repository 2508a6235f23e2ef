// Which paths a prerendered page answers, by the config's `trailingSlash`; the others Astro redirects.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrailingSlash } from '../../../src/runtimes/astro/manifest.ts'
import { hasRightSlash } from '../../../src/runtimes/astro/page-path.ts'

const paths: Record<string, readonly TrailingSlash[]> = {
  '/': ['ignore', 'never', 'always'],
  '/about': ['ignore', 'never'],
  '/about/': ['ignore', 'always'],
  '/robots.txt': ['ignore', 'never', 'always'],
  '/_astro/index.DxO3.js': ['ignore', 'never', 'always'],
  '/_image': ['ignore', 'never', 'always'],
  '/.well-known/change-password': ['ignore', 'never', 'always']
}

for (const [path, right] of Object.entries(paths)) {
  test(`${path} is right for ${right.join(', ')}`, () => {
    assert.deepEqual((['ignore', 'never', 'always'] as const).filter((slash) => hasRightSlash(slash, path)), right)
  })
}
