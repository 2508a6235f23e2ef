// The build of our side, in a folder of its own: a `dist` that somebody runs is left alone.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** Gives the folder with cli/main.js, as `npm run build` makes it. @throws when nothing can be built */
export function buildOurs (tell: (text: string) => void): string {
  const folder = join(root, 'node_modules/.cache/wattapp-bench')
  const dist = join(folder, 'dist')
  mkdirSync(dist, { recursive: true })
  // The version is read from beside dist.
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
  tell('building the sources')
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const args = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', dist, '--incremental', '--tsBuildInfoFile', join(folder, 'tsconfig.tsbuildinfo')]
  const { status, stdout, error } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 180_000 })
  if (status === null) throw error ?? new Error('the compiler was ended')
  // It has written what it could: what is measured runs or fails by itself, and types are for `npm test` to judge.
  if (status !== 0) tell(`the sources have type errors:\n${stdout.trim()}`)
  return dist
}
