// Gives the configs that Next loads a base path. The config's file may be of any kind, or missing: what is wrapped is Next's own loader.
import { withBasePath, type NextConfig } from './base-path.ts'

/** `next/dist/server/config`: alike in Next 15 and 16. */
export interface ConfigModule { default: (...args: unknown[]) => Promise<NextConfig> }

export function wrapConfigModule (module: ConfigModule, basePath: string): void {
  const load = module.default
  module.default = async (...args) => withBasePath(await load(...args), basePath)
}
