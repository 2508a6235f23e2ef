// Puts the shared cache where Next looks for one that its host brings along. An app whose config names handlers of its own keeps those.
import { createHash } from 'node:crypto'
import { accessSync, constants, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Built } from '../built.ts'
import { functionHandler } from './functions.ts'
import { pageHandlerClass, type PageHandlerClass } from './pages.ts'
import { shareTags } from './shared-tags.ts'
import { SqliteStore } from './sqlite-store.ts'
import type { Store } from './store.ts'
import type { TagState } from './tag-table.ts'

export interface CacheOptions {
  service: string
  folder: string
  built: Built
  /** Of the next that will use it. */
  require: NodeJS.Require
}

/** What Next 15 and 16 ask for before they make a handler of their own. */
const handlers = Symbol.for('@next/cache-handlers')

const limitBytes = 64 * 2 ** 20
const memoryBytes = 8 * 2 ** 20

/** Before anything of Next runs. Resolves with the store, which is closed with the worker. */
export async function shareCache ({ service, folder, built, require }: CacheOptions): Promise<Store> {
  const store = await openStore({ service, folder, built, require })
  const { default: BuiltPages } = require('next/dist/server/lib/incremental-cache/file-system-cache') as { default: PageHandlerClass }
  const tags = shareTags(store, tellNext(require))
  const functions = functionHandler(store, tags)
  Reflect.set(globalThis, handlers, { FetchCache: pageHandlerClass(store, tags, BuiltPages), DefaultCache: functions, RemoteCache: functions })
  return store
}

/** One for the pod, unless the service's environment names a server for all pods. @throws WATT_NEXT_CACHE_CLIENT */
async function openStore ({ service, folder, built, require }: CacheOptions): Promise<Store> {
  const url = process.env.NEXT_CACHE_URL ?? ''
  if (url === '') return new SqliteStore({ file: cacheFile(service, folder, built), limitBytes, memoryBytes, nowMs: Date.now })
  const { connectRedis } = await import('./redis-client.ts')
  const { RedisStore } = await import('./redis-store.ts')
  let last = ''
  const client = await connectRedis(service, url, require, ({ message }) => {
    // It tries again for ever, and says the same each time.
    if (message !== last) console.error(`NEXT_CACHE_URL: ${message}; pages are made anew for each request until the server is there`)
    last = message
  })
  client.on('ready', () => { last = '' })
  const store = new RedisStore({ client, service, build: built.buildId })
  await store.open()
  return store
}

/** Next itself looks at tags too, in a table of the thread: of times in Next 15, of states in Next 16. */
function tellNext (require: NodeJS.Require): (tag: string, state: TagState) => void {
  const { tagsManifest, ...others } = require('next/dist/server/lib/incremental-cache/tags-manifest.external') as { tagsManifest: Map<string, unknown> }
  const hasStates = 'areTagsExpired' in others
  return (tag, state) => {
    if (hasStates) tagsManifest.set(tag, state)
    else if (state.expired !== undefined) tagsManifest.set(tag, state.expired)
  }
}

/**
 * One for each build of the app: beside Next's own caches, as Next would do it, or in the temporary folder where the app is read-only.
 * Those of builds before it are removed.
 */
function cacheFile (service: string, folder: string, { distDir, buildId, builtMs }: Built): string {
  const home = isWritable(join(folder, distDir)) ? join(folder, distDir, 'cache/wattapp') : ownTemporaryFolder(folder)
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const file = join(home, `${service}-${hashOf(`${buildId} ${builtMs}`)}.sqlite`)
  for (const other of readdirSync(home)) {
    if (other.startsWith(`${service}-`) && /^[0-9a-f]{16}\.sqlite(-\w+)?$/.test(other.slice(service.length + 1)) && !other.startsWith(basename(file))) {
      rmSync(join(home, other), { force: true })
    }
  }
  return file
}

/** @throws when somebody else has made a folder of that name */
function ownTemporaryFolder (folder: string): string {
  const home = join(tmpdir(), `wattapp-next-${hashOf(folder)}`)
  mkdirSync(home, { recursive: true, mode: 0o700 })
  if (statSync(home).uid !== process.getuid?.()) throw new Error(`${dirname(home)} holds a ${basename(home)} that belongs to another user`)
  return home
}

function isWritable (folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function hashOf (text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
