// A program of the fixtures as the only service of an app, in a copy of its folder that it may write to.
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startApp, type AppService, type RunningApp } from '../support/app.ts'
import { installed } from '../support/install.ts'

const fixtures = join(import.meta.dirname, 'fixtures')

export interface Program extends RunningApp {
  /** Real path of the copy. */
  folder: string
}

/** Its route is the prefix `/NAME`, cut off, unless `service` says otherwise. */
export async function startProgram (name: string, service: AppService = {}): Promise<Program> {
  await installed(fixtures)
  // Not below a name with a dot: file servers hide what is there.
  const path = join('copies', name)
  const folder = join(fixtures, path)
  rmSync(folder, { recursive: true, force: true })
  cpSync(join(fixtures, name), folder, { recursive: true })
  const app = await startApp({ root: fixtures, services: { [name]: { path, routes: [{ host: '*', pathPrefix: `/${name}`, rewrite: '/' }], ...service } } })
  return { ...app, folder }
}

/** What `wattapp run` would tell of it: its runtime, the reason, and where it really listens. */
export function readyOf (app: RunningApp): { runtime: string, runtimeReason: string, otherServers: string[] } {
  const event = app.events.find(({ type }) => type === 'workerReady')
  if (event?.type !== 'workerReady') throw new Error('it is not ready')
  return event
}
