// A .gitignore as lines of a .dockerignore: an image is built from what a fresh clone has. Pure.

/** @param folder that the file is in, relative to the build's context: `.` for the context itself */
export function dockerPatterns (gitignore: string, folder: string): string[] {
  return gitignore.split(/\r?\n/).flatMap((line) => {
    const text = line.replace(/(?<!\\)[ \t]+$/, '')
    if (text === '' || text.startsWith('#')) return []
    const isKept = text.startsWith('!')
    const glob = isKept ? text.slice(1) : text
    const pattern = patternOf(glob, folder)
    return pattern === undefined ? [] : [`${isKept ? '!' : ''}${pattern}`]
  })
}

/** There a path without a slash is a name at any depth, and `x/` a folder only. */
function patternOf (glob: string, folder: string): string | undefined {
  const isFolder = glob.endsWith('/')
  const path = glob.replace(/^\/|\/$/g, '')
  if (path === '' || path === '*' || path === '**') return undefined
  const isBound = glob.replace(/\/$/, '').includes('/')
  const above = [...folder === '.' ? [] : [folder], ...isBound || path.startsWith('**/') ? [] : ['**']]
  const escaped = path.replaceAll('[!', '[^').replace(/^\\([!#])/, '$1')
  return [...above, escaped, ...isFolder && !path.endsWith('*') ? ['**'] : []].join('/')
}
