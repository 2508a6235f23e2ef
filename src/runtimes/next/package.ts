// The service's own next, by its public API for programs: https://nextjs.org/docs/app/guides/custom-server
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { loadError } from '../load.ts'

export interface NextOptions {
  dir: string
  dev: boolean
  port: number
  httpServer: Server
  turbopack?: boolean
  webpack?: boolean
}

export interface NextApp {
  prepare: () => Promise<void>
  getRequestHandler: () => (request: IncomingMessage, response: ServerResponse) => Promise<void>
  getUpgradeHandler: () => (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>
  close: () => Promise<void>
}

export interface NextPackage {
  version: string
  create: (options: NextOptions) => NextApp
  /** Modules of the package, and of what it brings along. */
  require: NodeJS.Require
}

/** @throws WATT_RUNTIME_PACKAGE_MISSING */
export function loadNext (service: string, folder: string): NextPackage {
  try {
    const require = createRequire(join(folder, 'package.json'))
    const { version } = require('next/package.json') as { version: string }
    return { version, require, create: (options) => (require('next') as (options: NextOptions) => NextApp)(options) }
  } catch (thrown) {
    throw loadError(service, 'package.json', thrown)
  }
}
