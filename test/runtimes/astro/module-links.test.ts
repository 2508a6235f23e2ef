// Where a page in development finds its modules below a prefix.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { modulePath, wholeTags, withModuleBase } from '../../../src/runtimes/astro/module-links.ts'

const isSource = (path: string): boolean => path === '/src/pages/form.astro'

const links: Record<string, string> = {
  '<script type="module" src="/@vite/client"></script>': '<script type="module" src="/shop/@vite/client"></script>',
  '<script src="/src/pages/form.astro?astro&type=script&index=0&lang.ts"></script>': '<script src="/shop/src/pages/form.astro?astro&type=script&index=0&lang.ts"></script>',
  '<astro-island component-url="/node_modules/a/b.js" renderer-url="/@id/c" before-hydration-url="/@id/d">': '<astro-island component-url="/shop/node_modules/a/b.js" renderer-url="/shop/@id/c" before-hydration-url="/shop/@id/d">',
  '<link rel="stylesheet" href="/@fs/app/a.css">': '<link rel="stylesheet" href="/shop/@fs/app/a.css">',
  '<a href="/src/pages/other">': '<a href="/src/pages/other">',
  '<img src="/logo.png">': '<img src="/logo.png">',
  '<img src="/shop/@fs/app/a.png">': '<img src="/shop/@fs/app/a.png">',
  '<p>src="/@vite/client"</p>': '<p>src="/@vite/client"</p>'
}

for (const [html, becomes] of Object.entries(links)) {
  test(`${html} becomes ${becomes}`, () => assert.equal(withModuleBase(html, '/shop', isSource), becomes))
}

test('in whatever parts a page comes, its links are the same', () => {
  const page = Object.keys(links).join('\n<p>1 < 2</p>\n')
  fc.assert(fc.property(fc.array(fc.nat(page.length), { maxLength: 8 }), (cuts) => {
    let kept = ''
    let written = ''
    const points = [0, ...cuts.sort((a, b) => a - b), page.length]
    for (const [index, at] of points.entries()) {
      kept += page.slice(points[index - 1] ?? 0, at)
      const until = wholeTags(kept)
      written += withModuleBase(kept.slice(0, until), '/shop', isSource)
      kept = kept.slice(until)
    }
    assert.equal(written + withModuleBase(kept, '/shop', isSource), withModuleBase(page, '/shop', isSource))
  }))
})

test('what has a name of Vite\'s own is looked for at the root, the rest below the base', () => {
  assert.deepEqual(['/shop/@vite/client', '/shop/@id/a?b', '/shop/src/a.js', '/shop', '/@vite/client', '/shopping/@id/a'].map((path) => modulePath(path, '/shop')),
    ['/@vite/client', '/@id/a?b', '/shop/src/a.js', '/shop', '/@vite/client', '/shopping/@id/a'])
})
