// How an Astro app is built, as plain data; what runs there is `build-hook.ts`.
import type { RuntimeBuild } from '../runtime.ts'

export const build: RuntimeBuild = {
  command: ['astro', 'build'],
  // In the second are types alone, which would else be taken for sources.
  outputs: ['dist', '.astro'],
  files: [],
  below (basePath) {
    const hook = new URL(`./build-hook.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href
    return { args: [], env: { NODE_OPTIONS: `--import=${hook}`, WATTAPP_BASE_PATH: basePath } }
  }
}
