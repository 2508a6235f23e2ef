// Which files are no source of a service: git's own rules (gitignore), and what never is. Pure.

/** Whole names, at any depth. */
const neverSources = new Set(['node_modules', 'bower_components', '.git', '.hg', '.svn', '.jj', '.wattapp', '.DS_Store', 'Thumbs.db', '4913'])
/** What editors and programs leave beside a file that they write. */
const passing = /(~|\.sw[a-z]|\.tmp|\.log|\.pid|-journal|-wal|-shm|\.tsbuildinfo)$|^(\.#|#.*#$|\.goutputstream)/
/** Never committed, and read all the same. */
const environment = /^\.env(\.|$)/

/** Undefined: the rules do not say. `path` is relative to where they stand, with slashes. */
export type GitRules = (path: string, isFolder: boolean) => boolean | undefined

/** A name that says by itself that it is none. */
export function isNeverSource (name: string): boolean {
  return neverSources.has(name) || passing.test(name)
}

export function isEnvironmentFile (name: string): boolean {
  return environment.test(name)
}

/** The text of a .gitignore file. The last pattern that matches decides (https://git-scm.com/docs/gitignore). */
export function gitRules (text: string): GitRules {
  const rules = text.split(/\r?\n/).map(ruleOf).filter((rule) => rule !== undefined)
  return (path, isFolder) => rules.findLast(({ pattern, foldersOnly }) => (isFolder || !foldersOnly) && pattern.test(path))?.isIgnored
}

interface Rule { pattern: RegExp, foldersOnly: boolean, isIgnored: boolean }

function ruleOf (line: string): Rule | undefined {
  const text = line.replace(/(?<!\\) +$/, '')
  if (text === '' || text.startsWith('#')) return undefined
  const isIgnored = !text.startsWith('!')
  const glob = (isIgnored ? text : text.slice(1)).replace(/\/$/, '')
  // A slash in the middle binds it to the folder of the rules; else it is a name at any depth.
  const isBound = glob.includes('/')
  const source = sourceOf(glob.replace(/^\//, ''))
  return source === undefined ? undefined : { pattern: new RegExp(`^${isBound ? '' : '(?:.*/)?'}${source}$`), foldersOnly: text.endsWith('/'), isIgnored }
}

/** Undefined: no pattern that git would know. */
function sourceOf (glob: string): string | undefined {
  const source = glob.replaceAll(/\\(.)|\*\*\/|\/\*\*$|\*+|\?|\[(!?)((?:\]|[^\]])[^\]]*)\]|[.+^${}()|[\]\\]/g, (token: string, escaped?: string, negation?: string, set?: string) => {
    if (escaped !== undefined) return escaped.replace(/[^\w\s]/, '\\$&')
    if (set !== undefined) return `[${negation === '!' ? '^' : ''}${set.replaceAll(/[\\[\]]/g, '\\$&')}]`
    switch (token) {
      case '**/': return '(?:.*/)?'
      case '/**': return '/.*'
      case '?': return '[^/]'
      default: return token.startsWith('*') ? '[^/]*' : `\\${token}`
    }
  })
  try {
    RegExp(source)
    return source
  } catch {
    return undefined
  }
}
