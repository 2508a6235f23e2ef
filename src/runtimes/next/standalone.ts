// `output: 'standalone'`: the built server.js runs beside what it lacks. Next leaves it to its users to copy `public` and `static` there;
// in a pod the app's files are read-only, so a folder of links takes the place of the copy.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Built } from './built.ts'

/** Where server.js is to be run. It goes with the worker. */
export interface StandaloneFolder { folder: string, remove: () => void }

export function standaloneFolder (folder: string, { distDir, relativeAppDir }: Built): StandaloneFolder {
  const traced = join(folder, distDir, 'standalone')
  const view = mkdtempSync(join(tmpdir(), 'wattapp-next-'))
  const steps = relativeAppDir.split('/').filter((step) => step !== '')
  // In a workspace packages lie on each step of the way down to the app.
  let from = traced
  let to = view
  for (const step of steps) {
    linkAll(from, to, [step])
    from = join(from, step)
    to = join(to, step)
    mkdirSync(to)
  }
  // Node takes a linked file for the one that it leads to, and server.js looks for the rest beside itself.
  linkAll(from, to, ['server.js', distDir, 'public'])
  copyFileSync(join(from, 'server.js'), join(to, 'server.js'))
  mkdirSync(join(to, distDir))
  linkAll(join(from, distDir), join(to, distDir), ['static', 'cache'])
  link(firstOf(join(from, distDir, 'static'), join(folder, distDir, 'static')), join(to, distDir, 'static'))
  link(firstOf(join(from, 'public'), join(folder, 'public')), join(to, 'public'))
  return { folder: to, remove: () => rmSync(view, { recursive: true, force: true }) }
}

function linkAll (from: string, to: string, except: readonly string[]): void {
  for (const name of readdirSync(from)) {
    if (!except.includes(name)) symlinkSync(join(from, name), join(to, name))
  }
}

function firstOf (...paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path))
}

function link (from: string | undefined, to: string): void {
  if (from !== undefined) symlinkSync(from, to)
}
