// What the files of a server build say of it, in the words of Astro 5 and 7.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readManifest, type Manifest } from '../../../src/runtimes/astro/manifest.ts'

const style = JSON.stringify({ content: 'a::after { content: \'"base":"/no","trailingSlash":"always"\' }' })

const sources: Record<string, { source: string, is: Manifest | undefined }> = {
  'Astro 7': {
    source: `var _manifest = deserializeManifest({"rootDir":"file:///app/","outDir":"file:///app/dist/","adapterName":"@astrojs/node","assetsDir":"_astro","routes":[{"styles":[${style}],"routeData":{"_meta":{"trailingSlash":"ignore"}}}],"base":"/shop","trailingSlash":"never","compressHTML":"jsx","sessionConfig":{"options":{"base":"/app/sessions"}}});`,
    is: { adapter: '@astrojs/node', basePath: '/shop', trailingSlash: 'never', assets: '_astro' }
  },
  'Astro 5': {
    source: 'const manifest = deserializeManifest({"hrefRoot":"file:///app/","adapterName":"@astrojs/vercel","routes":[],"base":"/","trailingSlash":"ignore","compressHTML":true});',
    is: { adapter: '@astrojs/vercel', basePath: '', trailingSlash: 'ignore', assets: undefined }
  },
  'minified around it': {
    source: 'var m=d({"rootDir":"file:///app/","adapterName":"@astrojs/node","assetsDir":"static","base":"/docs/","trailingSlash":"always"});',
    is: { adapter: '@astrojs/node', basePath: '/docs', trailingSlash: 'always', assets: 'static' }
  },
  'a file that only knows how to read it': { source: 'function deserializeManifest(manifest) { return { base: manifest.base } }', is: undefined }
}

for (const [name, { source, is }] of Object.entries(sources)) {
  test(`the manifest of ${name}`, () => assert.deepEqual(readManifest(source), is))
}
