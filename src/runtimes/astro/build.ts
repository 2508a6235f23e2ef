// How an Astro app is built, as plain data; what runs there is `build-hook.ts`.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RuntimeBuild } from '../runtime.ts'

export const build: RuntimeBuild = {
  command: ['astro', 'build'],
  outputs: ['dist'],
  files: [],
  byproducts: ['.astro'],
  // Pages alone, where no adapter has written a server.
  isSelfContained: (folder) => existsSync(join(folder, 'dist/index.html')) && !existsSync(join(folder, 'dist/server/entry.mjs')),
  below (basePath) {
    const hook = new URL(`./build-hook.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href
    return { args: [], env: { NODE_OPTIONS: `--import=${hook}`, WATTAPP_BASE_PATH: basePath } }
  }
}
