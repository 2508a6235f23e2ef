// Finds the file that a service runs and loads it as Node would if it were the program: ESM, CommonJS, erasable TypeScript.
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import Module from 'node:module'
import { basename, dirname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { messageOf, withCause, WattError } from '../base/error.ts'
import { errors } from './errors.ts'
import { entryCandidates, readManifest, type Manifest } from './manifest.ts'

interface Place {
  /** Of the service. */
  name: string
  /** Real path of the app's root. */
  root: string
  folder: string
}

/** The folder's own package.json, else the nearest one above it within the app's root. */
export function loadManifest ({ name, root, folder }: Place): Manifest | undefined {
  for (let at = folder; isInside(root, at); at = dirname(at)) {
    const file = join(at, 'package.json')
    if (existsSync(file)) {
      try {
        const manifest = readManifest(JSON.parse(readFileSync(file, 'utf8')))
        // What to run is the folder's own to say; what it depends on may be said for all services at the root.
        return at === folder ? manifest : { ...manifest, main: undefined, exported: undefined, started: undefined }
      } catch (thrown) {
        throw errors.WATT_RUNTIME_MANIFEST_INVALID(name, relative(root, file), messageOf(thrown))
      }
    }
    if (at === root) return undefined
  }
  return undefined
}

export function hasFile (folder: string, name: string): boolean {
  return statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true
}

/**
 * Path of the file to run. It is not the real path, so that a link into `..data` (a mounted ConfigMap) keeps its name.
 * @throws WATT_RUNTIME_ENTRY_MISSING, WATT_PATH_OUTSIDE
 */
export function findEntry (place: Place, file: string | undefined, entry: string | undefined, manifest: Manifest | undefined): string {
  const tried = file === undefined ? entryCandidates(entry, manifest) : [file]
  const found = tried.find((candidate) => hasFile(place.folder, candidate))
  if (found === undefined) throw errors.WATT_RUNTIME_ENTRY_MISSING(place.name, tried.join(', '))
  const path = join(place.folder, found)
  if (!isInside(place.root, realpathSync(path))) throw errors.WATT_PATH_OUTSIDE(place.name, found)
  return path
}

/** Both are real paths. A name that only begins with two dots (`..2026_11_23`, of a mounted ConfigMap) is inside. */
export function isInside (root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== '..' && !way.startsWith(`..${sep}`)
}

/**
 * The module's exports, as one namespace; CommonJS' module.exports as its `default`. The file runs as `node FILE` would run it:
 * `require.main === module` and `import.meta.main` hold, since many a program starts only then, and process.argv[1] says the same.
 * `isRunning`: another service of the thread runs it already.
 * @throws WATT_RUNTIME_TYPESCRIPT, WATT_RUNTIME_PACKAGE_MISSING, WATT_RUNTIME_LOAD_FAILED, each with its cause
 */
export async function loadModule (service: string, path: string, isRunning: boolean): Promise<Record<string, unknown>> {
  // `require` would take it for JavaScript, and complain of its first element.
  if (/\.[jt]sx$/.test(path)) throw errors.WATT_RUNTIME_TYPESCRIPT(service, basename(path), 'it may hold JSX')
  const own = isRunning ? (await import('./own-instance.ts')).ownInstance(service, path) : undefined
  try {
    // That of a service which was loaded before in the same thread.
    Reflect.deleteProperty(process, 'mainModule')
    const exported: unknown = commonJs._load(path, null, true)
    // Set for CommonJS only. An ES module has begun to run as the entry point; importing it gives that same instance. Should it
    // fail, Node takes that for uncaught, as with any program's entry.
    if (process.mainModule !== undefined) return { default: exported }
    return await import(own?.url ?? pathToFileURL(path).href)
  } catch (thrown) {
    throw loadError(service, basename(path), thrown)
  } finally {
    own?.close()
  }
}

/** What `require` and `node FILE` both come to, on Node 24 and 26; there is no documented way to say "as main". */
const commonJs = Module as unknown as { _load: (path: string, parent: null, isMain: boolean) => unknown }

/** What a person can make of whatever a service's code threw while it started. */
export function loadError (service: string, file: string, thrown: unknown): WattError {
  if (thrown instanceof WattError) return thrown
  const reason = messageOf(thrown)
  if (!isMainThread && isRefusedByThreads(thrown, reason)) return withCause(errors.WATT_RUNTIME_NEEDS_PROCESS(service, file, firstLine(reason)), thrown)
  switch (codeOf(thrown)) {
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX': case 'ERR_INVALID_TYPESCRIPT_SYNTAX': case 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING':
      return withCause(errors.WATT_RUNTIME_TYPESCRIPT(service, file, firstLine(reason)), thrown)
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return withCause(errors.WATT_RUNTIME_TYPESCRIPT(service, file, 'Node.js does not know the extension'), thrown)
    case 'ERR_MODULE_NOT_FOUND': case 'MODULE_NOT_FOUND':
      return withCause(errors.WATT_RUNTIME_PACKAGE_MISSING(service, file, firstLine(reason)), thrown)
    default:
      return withCause(errors.WATT_RUNTIME_LOAD_FAILED(service, file, firstLine(reason)), thrown)
  }
}

/** What Node.js gives to the main thread of a process alone, and addons that can be loaded once a process. */
function isRefusedByThreads (thrown: unknown, reason: string): boolean {
  return codeOf(thrown) === 'ERR_WORKER_UNSUPPORTED_OPERATION' || (codeOf(thrown) === 'ERR_DLOPEN_FAILED' && /did not self-register/.test(reason))
}

function codeOf (thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined
}

function firstLine (text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
