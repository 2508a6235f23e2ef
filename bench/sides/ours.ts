// Our side: the build, through `wattapp run`, as a user starts it.
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { freePort } from '../process/port.ts'
import { manifestOf, type BenchApp } from './manifest.ts'
import { start, type Started } from './started.ts'

export const apps = join(import.meta.dirname, '../apps')

export interface OursOptions {
  /** A file descriptor for the log. */
  stdout?: number
  /** The Node.js to run on. */
  node?: string
  /** Where the services' paths begin; bench/apps unless it says so. */
  root?: string
  env?: Readonly<Record<string, string>>
}

/** Running, and answering on each route. @throws what it said, when it does not start */
export async function startOurs ({ children, dist }: Pick<Bench, 'children' | 'dist'>, app: BenchApp, { stdout, node = process.execPath, root = apps, env = {} }: OursOptions = {}): Promise<Started> {
  const port = await freePort()
  const command = {
    name: 'wattapp run',
    file: node,
    args: [join(dist, 'cli/main.js'), 'run', '-', '--port', `${port}`, '--admin-port', '0'],
    cwd: root,
    env,
    input: manifestOf(app),
    ...(stdout !== undefined && { stdout })
  }
  return await start(children, command, `http://127.0.0.1:${port}`, app.services.flatMap(({ route }) => route ?? []))
}
