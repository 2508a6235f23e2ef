// What git ignores below a folder, by the .gitignore files in it, above it within its repository, and below it as they are come upon.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { gitRules, type GitRules } from './ignored.ts'

export class GitIgnored {
  /** From the outermost to the innermost. */
  readonly #rules: Array<{ folder: string, rules: GitRules }> = []

  constructor (folder: string) {
    for (const above of foldersTo(folder)) this.enter(above)
  }

  /** The folder's own rules hold below it from now on. */
  enter (folder: string): void {
    const file = join(folder, '.gitignore')
    if (!existsSync(file)) return
    this.#rules.push({ folder, rules: gitRules(readFileSync(file, 'utf8')) })
  }

  holds (path: string, isFolder: boolean): boolean {
    const said = this.#rules.toReversed().values()
      .filter(({ folder }) => path.startsWith(`${folder}${sep}`))
      .map(({ folder, rules }) => rules(relative(folder, path).split(sep).join('/'), isFolder))
      .find((isIgnored) => isIgnored !== undefined)
    return said === true
  }
}

/** The folder and those above it, within its repository; outermost first. */
function foldersTo (folder: string): string[] {
  const folders: string[] = []
  for (let at = folder; ; at = dirname(at)) {
    folders.unshift(at)
    if (existsSync(join(at, '.git'))) return folders
    // Of no repository: rules further up are nobody's.
    if (dirname(at) === at) return [folder]
  }
}
