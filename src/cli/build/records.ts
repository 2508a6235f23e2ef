// What was built before, in `.wattapp/build` beside the manifest: a file a package, written when its build has succeeded and removed before the next begins.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Output { path: string, size: number, mtimeMs: number, digest: string }

export interface BuildRecord {
  version: 1
  /** Of all that went into it. */
  key: string
  /** All that it wrote, relative to the package. */
  outputs: Output[]
}

export class BuildRecords {
  readonly folder: string

  /** @param state the app's `.wattapp` */
  constructor (state: string) {
    this.folder = join(state, 'build')
  }

  /** @throws what the file system has to say */
  prepare (): void {
    mkdirSync(join(this.folder, 'logs'), { recursive: true })
    writeFileSync(join(dirname(this.folder), '.gitignore'), '*\n')
  }

  read (unit: string): BuildRecord | undefined {
    try {
      const record = JSON.parse(readFileSync(this.#file(unit), 'utf8')) as BuildRecord
      return record.version === 1 ? record : undefined
    } catch {
      // None, or of another version: it is built anew.
      return undefined
    }
  }

  forget (unit: string): void {
    rmSync(this.#file(unit), { force: true })
  }

  write (unit: string, record: BuildRecord): void {
    writeWhole(this.#file(unit), JSON.stringify(record))
  }

  logOf (unit: string): string {
    return join(this.folder, 'logs', `${encodeURIComponent(unit)}.log`)
  }

  #file (unit: string): string {
    return join(this.folder, `${encodeURIComponent(unit)}.json`)
  }
}

/** All of it or nothing. */
export function writeWhole (file: string, text: string, mode = 0o666): void {
  const passing = `${file}.${process.pid}.tmp`
  writeFileSync(passing, text, { mode })
  renameSync(passing, file)
}
