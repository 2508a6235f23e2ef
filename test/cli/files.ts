// Projects as tests write them: a text for each path, in memory or in a folder.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Tree } from '../../src/cli/draft/tree.ts'

/** What is no text is written as JSON. */
export type Files = Record<string, unknown>

function textOf (content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content)
}

export function treeOf (files: Files): Tree {
  const plain = (path: string): string => path.split('/').filter((part) => part !== '.' && part !== '').join('/')
  const has = (path: string): boolean => Object.hasOwn(files, plain(path))
  return {
    has,
    text: (path) => has(path) ? textOf(files[plain(path)]) : undefined,
    folders (path) {
      const above = plain(path) === '' ? '' : `${plain(path)}/`
      const names = Object.keys(files).filter((file) => file.startsWith(above)).map((file) => file.slice(above.length).split('/')).filter((parts) => parts.length > 1)
      return [...new Set(names.map(([name = '']) => name))].sort()
    }
  }
}

export function writeFiles (folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), textOf(content))
  }
}
