// A prefix of which the app's configs know nothing, and the files that an address may mean below it.
import assert from 'node:assert/strict'
import { runInNewContext } from 'node:vm'
import { suite, test } from 'node:test'
import { basenameOf, basePathOf, filesOf, slashAdded, withDefaults, type BuiltFor } from '../../../src/runtimes/react-router/base-path.ts'

suite('the defaults of the framework\'s own tools', () => {
  /** As React Router and Remix read the two configs. */
  const tools = withDefaults(`
    const defaults = { basename: "/", ssr: true }
    const publicPath = viteUserConfig.base ?? "/"
    const { basename } = { ...defaults, ...config };
    [publicPath, basename, { base: viteUserConfig.base }.base, viteUserConfig.baseline]`, '/shop')
  const read = (viteUserConfig: object, config: object): unknown[] => Array.from(runInNewContext(tools, { viteUserConfig, config }) as Iterable<unknown>)

  test('become the prefix where the configs say nothing', () => assert.deepEqual(read({}, {}), ['/shop/', '/shop/', '/shop/', undefined]))
  test('give way to what the configs say', () => {
    assert.deepEqual(read({ base: '/docs/', baseline: 1 }, { basename: '/docs' }), ['/docs/', '/docs', '/docs/', 1])
  })
})

const paths: Record<string, string> = {
  '/': '',
  '': '',
  '/shop': '/shop',
  '/shop/': '/shop',
  '/shop/en//': '/shop/en',
  'https://cdn.example/build/': '/build'
}
for (const [path, base] of Object.entries(paths)) {
  test(`"${path}" is the base path "${base}"`, () => assert.equal(basePathOf(path), base))
}

const slashes: ReadonlyArray<readonly [target: string, basename: string, goesTo: string | undefined]> = [
  ['/shop', '/shop/', '/shop/'],
  ['/shop?a=/1', '/shop/', '/shop/?a=/1'],
  ['/shop/', '/shop/', undefined],
  ['/shopping', '/shop/', undefined],
  ['/shop', '/shop', undefined],
  ['/', '/', undefined]
]
for (const [target, basename, goesTo] of slashes) {
  test(`"${target}" with the basename "${basename}" ${goesTo === undefined ? 'is right' : `leads to "${goesTo}"`}`, () => assert.equal(slashAdded(target, basename), goesTo))
}

const pages: Record<string, { html: string, is: string | undefined }> = {
  'React Router': { html: '<p>"basename":"/no"</p><script>window.__reactRouterContext = {"basename":"/shop","future":{}};window.__reactRouterContext.stream = 1</script>', is: '/shop' },
  Remix: { html: '<script>window.__remixContext = {"url":"/","basename":"/","future":{}};</script>', is: '/' },
  'a page without script': { html: '<p>"basename":"/no"</p>', is: undefined }
}
for (const [name, { html, is }] of Object.entries(pages)) {
  test(`basename of a page made beforehand, ${name}: ${is ?? 'nothing'}`, () => assert.equal(basenameOf(html), is))
}

const atRoot = { publicPath: '', basename: '' }
const below = { publicPath: '/shop', basename: '/shop' }
const apart = { publicPath: '/shop/files', basename: '/shop' }
const files: Record<string, { target: string, built: BuiltFor, means: string[] }> = {
  'the start page': { target: '/?a=1', built: atRoot, means: ['index.html'] },
  'a page, or a file without extension': { target: '/about', built: atRoot, means: ['about', 'about/index.html'] },
  'a page by its folder': { target: '/about/', built: atRoot, means: ['about/index.html'] },
  'a page below the prefix, where the build puts it below a folder of that name': { target: '/shop/about', built: below, means: ['shop/about', 'shop/about/index.html', 'about', 'about/index.html'] },
  'the start page below the prefix, made beforehand or that of `ssr: false`': { target: '/shop', built: below, means: ['shop', 'shop/index.html', 'index.html'] },
  'a script below the prefix': { target: '/shop/assets/a.js', built: below, means: ['shop/assets/a.js', 'shop/assets/a.js/index.html', 'assets/a.js', 'assets/a.js/index.html'] },
  'files below a path of their own': { target: '/shop/files/a.js', built: apart, means: ['shop/files/a.js', 'shop/files/a.js/index.html', 'a.js', 'a.js/index.html'] },
  'what lies outside': { target: '/../etc/passwd', built: atRoot, means: [] },
  'what the build keeps for itself': { target: '/.vite/manifest.json', built: atRoot, means: [] }
}
for (const [name, { target, built, means }] of Object.entries(files)) {
  test(`files: ${name}`, () => assert.deepEqual(filesOf(target, built).map((names) => names.join('/')), means))
}
