// What is the same for all builds of an app and known to nobody else: keys of frameworks are derived from it.
import { hkdfSync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from './records.ts'

export interface BuildSecret {
  /** Base64 of 32 bytes, another for each package. */
  of: (unit: string) => string
  /** It was made up just now: no other build knows it. */
  isNew: boolean
}

/** Kept beside what was built before. @param folder `.wattapp/build` */
export function buildSecret (folder: string): BuildSecret {
  const file = join(folder, 'secret')
  const found = read(file)
  const secret = found ?? randomBytes(32)
  if (found === undefined) writeWhole(file, `${secret.toString('base64')}\n`, 0o600)
  return { of: (unit) => Buffer.from(hkdfSync('sha256', secret, '', `wattapp build ${unit}`, 32)).toString('base64'), isNew: found === undefined }
}

function read (file: string): Buffer | undefined {
  try {
    const bytes = Buffer.from(readFileSync(file, 'utf8'), 'base64')
    return bytes.length === 32 ? bytes : undefined
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}
