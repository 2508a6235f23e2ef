// What a config is given in development alone. Pure.
import type { NextConfig } from './base-path.ts'

/**
 * Next's development server refuses its scripts and its HMR socket to pages of other hosts, and knows of no host but localhost:
 * `wattapp dev` is on 127.0.0.1, and says so to people.
 */
export function withLocalOrigins<Config extends NextConfig> (config: Config): Config {
  return { ...config, allowedDevOrigins: [...config.allowedDevOrigins ?? [], '127.0.0.1'] }
}
