// Where an ES module does not parse: V8 knows, and Node's error does not say. Another process parses what the entry imports.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import { readStack, type Place } from './stack.ts'

/** What is not caught is printed with its place. */
const script = `import { SourceTextModule } from 'node:vm'
import { readFileSync } from 'node:fs'
for (const identifier of process.argv.slice(1)) new SourceTextModule(readFileSync(identifier, 'utf8'), { identifier })`

const modules = new Set(['.js', '.mjs'])
const mostFiles = 300
const patienceMs = 5_000

/** The first file that does not parse, of `first` and of what they import by relative paths. Undefined: none, or it cannot be told. */
export async function findSyntaxError (first: readonly string[]): Promise<Place | undefined> {
  const files = importedFrom(first)
  if (files.length === 0) return undefined
  const words = await new Promise<string>((resolve) => {
    execFile(process.execPath, ['--no-warnings', '--experimental-vm-modules', '--input-type=module', '-e', script, '--', ...files], { timeout: patienceMs, env: {} },
      (_, __, stderr) => resolve(stderr))
  })
  return readStack(words, () => false).at
}

function importedFrom (first: readonly string[]): string[] {
  const files = new Set(first.filter((file) => modules.has(extname(file)) && existsSync(file)))
  for (const file of files) {
    if (files.size > mostFiles) break
    for (const [, specifier = ''] of read(file).matchAll(/(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)) {
      const path = resolve(dirname(file), specifier)
      if (modules.has(extname(path)) && existsSync(path)) files.add(path)
    }
  }
  return [...files]
}

function read (file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
