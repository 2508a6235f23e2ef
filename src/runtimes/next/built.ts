// What `next build` has left in a service's folder.
import { globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errors } from '../errors.ts'

export interface Built {
  /** Where it is, relative to the service's folder: ".next", or the config's `distDir`. */
  distDir: string
  buildId: string
  /** When it was built: a fixed build id says nothing of that. */
  builtMs: number
  basePath: string
  /** It is not from the app's own config. */
  isGiven: boolean
  output: 'standalone' | 'export' | undefined
  /** Of the service's folder, within what was traced for `standalone`: "apps/web". */
  relativeAppDir: string
}

interface RequiredServerFiles { relativeAppDir?: string, config?: { output?: string, basePath?: string, givenBasePath?: string } }

/** @throws WATT_RUNTIME_NOT_BUILT */
export function findBuilt (service: string, folder: string): Built {
  // The default first: other folders may hold what was built long ago.
  const files = ['.next/required-server-files.json', ...globSync('*/required-server-files.json', { cwd: folder })]
  for (const file of files) {
    const distDir = dirname(file)
    const required = readJson<RequiredServerFiles>(join(folder, file))
    const stats = statSync(join(folder, distDir, 'BUILD_ID'), { throwIfNoEntry: false })
    if (required === undefined || stats === undefined) continue
    const { relativeAppDir = '', config: { output, basePath = '', givenBasePath } = {} } = required
    return {
      distDir,
      buildId: readFileSync(join(folder, distDir, 'BUILD_ID'), 'utf8').trim(),
      builtMs: stats.mtimeMs,
      basePath: readJson<{ basePath?: string }>(join(folder, distDir, 'routes-manifest.json'))?.basePath ?? basePath,
      isGiven: givenBasePath !== undefined,
      output: output === 'standalone' || output === 'export' ? output : undefined,
      relativeAppDir
    }
  }
  throw errors.WATT_RUNTIME_NOT_BUILT(service, 'Next', '.next/BUILD_ID')
}

function readJson<Value> (file: string): Value | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Value
  } catch {
    return undefined
  }
}
