// How a Next app is built, as plain data; what runs there is `build-hook.ts`.
import type { RuntimeBuild } from '../runtime.ts'

const configs = ['next.config.js', 'next.config.mjs', 'next.config.ts', 'next.config.mts'] as const

export const build: RuntimeBuild = {
  command: ['next', 'build'],
  outputs: ['.next'],
  files: ['public', ...configs],
  below (basePath) {
    const hook = new URL(`./build-hook.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href
    return { args: [], env: { NODE_OPTIONS: `--import=${hook}`, WATTAPP_BASE_PATH: basePath } }
  }
}
