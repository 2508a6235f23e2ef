// What a framework's adapter is: how it is found, and how it makes a service listen. One module and one row of table.ts each.
import type { Worker } from 'node:cluster'
import type { Server } from 'node:http'
import type { RuntimeName } from '../api/app-config.ts'
import type { Candidate, FolderFacts } from './detect.ts'
import type { Entry } from './entry.ts'
import type { Manifest } from './manifest.ts'

export interface Runtime {
  name: RuntimeName
  /** Why this runtime is the one for the folder, for people; undefined: it is not. */
  detect: (facts: FolderFacts) => string | undefined
  /** Loads the adapter (no thread pays for one that it does not use) and makes the service listen, or run: what was built, for production. */
  serve: (service: ServiceToServe) => Promise<Serving>
  /** The framework's own development server, with what it does at a change. Absent: `serve`, and a new worker at each change of a file. */
  develop?: (service: ServiceToServe) => Promise<Serving>
  /** `develop` knows nothing of changes: there is a new worker at each, as where it is absent. */
  isRestarted?: true
  /** Absent: only a folder with a build script of its own is built. */
  build?: RuntimeBuild
}

/** How a folder of a framework is built, and what of it is needed afterwards. Plain data: nothing is loaded for it. */
export interface RuntimeBuild {
  /** What is run when package.json has no script `build`: a program of one of its packages (node_modules/.bin), and its arguments. */
  command: readonly string[]
  /** What it writes, relative to the folder: no input of the build, and all that production needs beside node_modules and `files`. */
  outputs: readonly string[]
  /** Files and folders, not written by the build, that are needed in production too: "public"; "." for all that is there. */
  files: readonly string[]
  /** What it writes beside, in `outputs` or not, for its own next time: no input of the build, and of no use in production. */
  byproducts?: readonly string[]
  /** What it has written in this folder runs without the folder's node_modules. */
  isSelfContained?: (folder: string) => boolean
  /** Packages that come with the dependencies and that nothing loads in production, for this folder: what names of theirs begin with. */
  buildTools?: (folder: string) => readonly string[]
  /** More arguments for `command`, or for a build script that ends with it, and more environment, so that the pages' own links begin with `basePath`. */
  below?: (basePath: string) => { args: readonly string[], env: Readonly<Record<string, string>> }
  /** Environment by which builds, wherever they are made, understand the pages of each other. */
  steady?: (known: SteadyBuild) => Readonly<Record<string, string>>
}

export interface SteadyBuild {
  /** The same for the same sources. */
  contentId: string
  /** Base64 of 32 secret bytes, the same for all builds of the service. */
  secret: string
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
  /** What Node is to run; undefined: there is no such thing. */
  code: Entry | undefined
  /** What detection found. */
  candidate: Candidate
  /** What browsers' paths begin with when they reach the service unchanged: "/shop"; "" at the root of a host, and for a service without routes. */
  basePath: string
  /** Where the service is expected to listen: its PORT. */
  port: number
  servers: StartedServers
  /** To be told what runs, relative to the app's root, before its code does. `isRunning`: in the same thread, as another service. */
  found: (file: string) => { isRunning: boolean }
  /** What cluster.fork() does from now on; one of several services of a thread cannot say it, and its fork() throws. */
  forks: (fork: () => Worker) => void
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
