// The service's own next, by its public API for programs: https://nextjs.org/docs/app/guides/custom-server
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { messageOf, withCause } from '../../base/error.ts'
import { errors } from '../errors.ts'
import { completeConfigs, type BasePath } from './config-module.ts'

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
  base: BasePath
  /** Modules of the package, and of what it brings along. */
  require: NodeJS.Require
}

/** `basePath`: for an app whose config has none. @throws WATT_RUNTIME_FRAMEWORK_MISSING */
export function loadNext (service: string, folder: string, basePath: string, { isDevelopment = false } = {}): NextPackage {
  try {
    const require = createRequire(join(folder, 'package.json'))
    const { version } = require('next/package.json') as { version: string }
    return { version, base: completeConfigs({ basePath, isDevelopment }), require, create: (options) => (require('next') as (options: NextOptions) => NextApp)(options) }
  } catch (thrown) {
    throw withCause(errors.WATT_RUNTIME_FRAMEWORK_MISSING(service, 'next', messageOf(thrown)), thrown)
  }
}
