// What a framework's adapter is: how it is found, and how it makes a service listen. One module and one row of table.ts each.
import type { Server } from 'node:http'
import type { RuntimeName } from '../api/app-config.ts'
import type { Candidate, FolderFacts } from './detect.ts'
import type { Manifest } from './manifest.ts'

export interface Runtime {
  name: RuntimeName
  /** Why this runtime is the one for the folder, for people; undefined: it is not. */
  detect: (facts: FolderFacts) => string | undefined
  /** Loads the adapter (no thread pays for one that it does not use) and makes the service listen, or run. */
  serve: (service: ServiceToServe) => Promise<Serving>
}

/** One service, as its runtime sees it. */
export interface ServiceToServe {
  name: string
  /** Real path of the app's root. */
  root: string
  /** Real path of the service's folder, its process.cwd(). */
  folder: string
  /** Name of the one file in `folder` that the service is, when its `path` is no folder. */
  file: string | undefined
  /** These three are the service's own words. */
  runtime: RuntimeName | undefined
  entry: string | undefined
  args: readonly string[]
  manifest: Manifest | undefined
  /** What detection found. */
  candidate: Candidate
  /** Where the service is expected to listen: its PORT. */
  port: number
  servers: StartedServers
  /** To be told what runs, relative to the app's root, before its code does. `isRunning`: in the same thread, as another service. */
  found: (file: string) => { isRunning: boolean }
}

/** HTTP servers that the service has started by itself. */
export interface StartedServers {
  listening: () => Server[]
  onPort: () => Server | undefined
}

export interface Serving {
  runtime: RuntimeName
  reason: string
  /** What the module exports, for people: "default, create". */
  exported: string
  /** The service's own end, before its thread's. Absent: there is nothing to close. */
  close?: () => Promise<void>
}
