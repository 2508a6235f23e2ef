// Packages of a fixture app, installed when a test first needs them: the project's own `npm ci` brings no framework.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './command.ts'

/** Inside node_modules, so that whoever removes them removes it too. */
const stampFile = 'node_modules/.installed'

/** `npm ci` in `folder`, unless that was done for this very lockfile. Resolves with `folder`. */
export async function installed (folder: string): Promise<string> {
  const wanted = createHash('sha256').update(readFileSync(join(folder, 'package.json'))).update(readFileSync(join(folder, 'package-lock.json'))).digest('hex')
  if (stampOf(join(folder, stampFile)) === wanted) return folder
  await runCommand('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder })
  writeFileSync(join(folder, stampFile), wanted)
  return folder
}

/** What a file holds; undefined: there is none. */
export function stampOf (file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
