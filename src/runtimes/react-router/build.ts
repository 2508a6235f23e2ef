// How a React Router app in framework mode is built, as plain data; what runs there for a route with a prefix is `build-hook.ts`.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RuntimeBuild } from '../runtime.ts'

export const build: RuntimeBuild = {
  command: ['react-router', 'build'],
  outputs: ['build'],
  // `public` is copied into the build.
  files: [],
  // Types, for editors.
  byproducts: ['.react-router'],
  // `ssr: false` leaves no server.
  isSelfContained: (folder) => existsSync(join(folder, 'build/client/index.html')) && !existsSync(join(folder, 'build/server')),
  below
}

/** The programs know no option for a base path. */
export function below (basePath: string): { args: readonly string[], env: Readonly<Record<string, string>> } {
  const hook = new URL(`./build-hook.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href
  return { args: [], env: { NODE_OPTIONS: `--import=${hook}`, WATTAPP_BASE_PATH: basePath } }
}
