// What a request for a built frontend asks, and where its pages are, decided without files.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { acceptedCodings, belowBase, builtBase, fitsBase, isHashed, isNavigation, withBase, withinBasePath } from '../../src/runtimes/page-request.ts'

const codings: Record<string, string[]> = {
  '': [''],
  'gzip, deflate, br, zstd': ['gzip', 'deflate', 'br', 'zstd'],
  'BR;q=1.0, gzip; q=0.5': ['br', 'gzip'],
  'br;q=0, gzip;q=0.0, identity': ['identity'],
  'gzip;q=0.001': ['gzip']
}

for (const [field, accepted] of Object.entries(codings)) {
  test(`accept-encoding ${JSON.stringify(field)}`, () => assert.deepEqual([...acceptedCodings(field)], accepted))
}

const navigations: Array<[string | undefined, string, boolean]> = [
  ['text/html,application/xhtml+xml', 'users/42', true],
  ['*/*', 'users', true],
  [undefined, '', true],
  ['text/html', 'users/jane.doe', true],
  ['text/html', 'v1.2', true],
  ['text/html', 'assets/gone.js', false],
  ['text/html', 'LOGO.SVG', false],
  ['application/json', 'users', false],
  ['image/avif,image/webp', 'users', false]
]

for (const [accept, path, is] of navigations) {
  test(`${path === '' ? 'the root' : path} for ${accept ?? 'anything'} is ${is ? 'a page of the application' : 'not there'}`, () => {
    assert.equal(isNavigation(accept, path.split('/')), is)
  })
}

const names: Record<string, boolean> = {
  'index-DiwrgT4a.js': true,
  'index-B-2xk_3a.js': true,
  'style-CZ0bkkF1.css': true,
  'style-CZ0bkkF1.css.map': true,
  'logo.3f9a1c2b.svg': true,
  'page.BeUuVvWw9.js': true,
  'manifest-3d5f6a7b.js': true,
  'index.js': false,
  'some-component.js': false,
  'my-calendar.js': false,
  'index-DjctsIzg.js': true,
  'Roboto-SemiBold.woff2': false,
  'photo-20240101.jpg': false,
  'jquery-3.7.1.min.js': false,
  README: false
}

for (const [name, is] of Object.entries(names)) {
  test(`${name} ${is ? 'has a hash in its name' : 'may change under its name'}`, () => assert.equal(isHashed(name), is))
}

const pages: Record<string, { html: string, base: string | undefined }> = {
  'at the root': { html: '<script type="module" crossorigin src="/assets/index-1.js"></script>', base: '' },
  'below a prefix': { html: '<link rel="icon" href="/shop/favicon.svg"><script src="/shop/assets/index-1.js">', base: '/shop' },
  'below two': { html: '<script src=/a/b/assets/index-1.js></script>', base: '/a/b' },
  'relative to the page': { html: '<script src="./assets/index-1.js"></script>', base: undefined },
  'from elsewhere': { html: '<script src="https://cdn.example/assets/index-1.js"></script><script src="//cdn.example/assets/index-1.js"></script>', base: undefined },
  'with links to other pages first': { html: '<a href="/login">in</a><a href="/">home</a><script src="/shop/assets/index-1.js?v=1"></script>', base: '/shop' },
  'without links': { html: '<p>hello</p>', base: undefined }
}

for (const [name, { html, base }] of Object.entries(pages)) {
  test(`the base of a page built ${name}`, () => {
    assert.equal(builtBase(html, (path) => ['assets/index-1.js', 'favicon.svg'].includes(path)), base)
  })
}

const paths: Record<string, string> = {
  '/shop': '/', '/shop/': '/', '/shop/a?b': '/a?b', '/shop?a': '/?a', '/shopping': '/shopping', '/a': '/a', '/': '/', '*': '*'
}

for (const [path, below] of Object.entries(paths)) {
  test(`${path} below /shop is ${below}`, () => assert.equal(belowBase(path, '/shop'), below))
}

test('what has lost its base gets it back, once', () => {
  const path = fc.array(fc.constantFrom('/', 'shop', 'a', '?', '#'), { maxLength: 6 }).map((pieces) => `/${pieces.join('')}`)
  fc.assert(fc.property(path, fc.constantFrom('', '/shop', '/shop/a'), (target, base) => {
    const whole = withBase(target, base)
    assert.ok(base === '' || whole === base || (whole.startsWith(base) && '/?#'.includes(whole.charAt(base.length))))
    assert.equal(withBase(whole, base), whole)
  }))
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

test('a build fits the route that it was made for, and those above', () => {
  assert.deepEqual([['', ''], ['/shop', '/shop'], ['/shop/web', '/shop'], [undefined, '/shop'], ['/shop', ''], ['', '/shop'], ['/shopping', '/shop'], ['/', '/shop']]
    .map(([built, route]) => fitsBase(built, route ?? '')), [true, true, true, true, true, false, false, false])
})
