// How a Next app is built, as plain data; what runs there is `build-hook.ts`.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RuntimeBuild } from '../runtime.ts'
import { findBuilt } from './built.ts'

const typed = ['next.config.ts', 'next.config.mts']
const configs = ['next.config.js', 'next.config.mjs', ...typed]

export const build: RuntimeBuild = {
  command: ['next', 'build'],
  outputs: ['.next'],
  files: ['public', ...configs],
  byproducts: ['.next/cache', '.next/dev', '.next/diagnostics', '.next/types', '.next/trace', '.next/trace-build', '.next/turbopack', '.next/lock', 'next-env.d.ts'],
  isSelfContained: hasStandaloneServer,
  // The compiler, a hundred megabytes: a configuration in TypeScript has the server load it too.
  buildTools: (folder) => typed.some((config) => existsSync(join(folder, config))) ? [] : ['@next/swc-'],
  below: (basePath) => ({ args: [], env: { ...hooked(), WATTAPP_BASE_PATH: basePath } }),
  // Next makes up both at each build: the id by which a page knows that the server is another, and the key by which ids of server
  // actions are made and what is bound to them is sealed. https://nextjs.org/docs/app/guides/self-hosting
  steady: ({ contentId, secret }) => ({ ...hooked(), WATTAPP_BUILD_ID: contentId, NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: secret })
}

function hooked (): { NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `--import=${new URL(`./build-hook.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href}` }
}

/** `output: 'standalone'` brings what it imports. */
function hasStandaloneServer (folder: string): boolean {
  const { output, distDir, relativeAppDir } = findBuilt('', folder)
  return output === 'standalone' && existsSync(join(folder, distDir, 'standalone', relativeAppDir, 'server.js'))
}
