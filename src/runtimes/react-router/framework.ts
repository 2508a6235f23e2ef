// React Router in framework mode, and Remix 2, which it was called before: one design, told apart by these names.
import { importOwn } from '../own-package.ts'
import type { ServiceToServe } from '../runtime.ts'

export interface Framework {
  /** For people. */
  title: string
  /** Of the service's own: it has `createRequestHandler`. */
  package: string
  /** The program whose argument is the server's build, in a start script. */
  serveProgram: string
  /** Where the build has the server, unless its config says otherwise. */
  serverBuilds: readonly string[]
  /** The server's build in development, as a module of Vite's. */
  virtualBuild: string
}

export const reactRouter: Framework = {
  title: 'React Router',
  package: 'react-router',
  serveProgram: 'react-router-serve',
  serverBuilds: ['build/server/index.js'],
  virtualBuild: 'virtual:react-router/server-build'
}

/** What is used of https://reactrouter.com/api/other-api/serve#the-server-build; Remix 2 has the same. */
export interface ServerBuild {
  basename?: string
  publicPath: string
  /** Relative to the service's folder. */
  assetsBuildDirectory: string
}

export type RequestHandler = (request: Request) => Promise<Response>

/** Of the package's public API: https://reactrouter.com/api/rsc/createRequestHandler */
export type CreateRequestHandler = (build: ServerBuild, mode: string | undefined) => RequestHandler

/** @throws WATT_RUNTIME_FRAMEWORK_MISSING */
export async function handlerFactory (service: ServiceToServe, framework: Framework): Promise<CreateRequestHandler> {
  return (await importOwn(service, framework.package) as { createRequestHandler: CreateRequestHandler }).createRequestHandler
}
