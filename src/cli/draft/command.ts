// A command line that starts a program → the file that Node runs, when it is that simple. Pure.
import { fieldsOf, textOf, type Fields } from './loose.ts'

export interface Program {
  entry: string
  args: string[]
  /** `NAME=value` before the program. */
  env: Record<string, string>
  /** Node's own options: a thread of the app has none. */
  options: string[]
}

/** Options that change nothing here: reload, inspection, warnings. */
const harmlessOptions = /^--(enable-source-maps|no-warnings|watch|inspect|trace-|experimental-strip-types|env-file)/

/** What runs a file as Node does. Their watchers are for development. */
const runners = new Set(['node', 'nodejs', 'tsx', 'ts-node', 'nodemon'])

/** Undefined: it is no plain start of a file. Scripts of package.json are followed. */
export function programOf (command: string, packageJson: Fields | undefined, depth = 0): Program | undefined {
  if (/[|&;<>`$(){}*?]/.test(command) || depth > 4) return undefined
  const words = (command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'))
  const env: Record<string, string> = {}
  for (let word = words[0]; word !== undefined; word = words[0]) {
    const [, name, value = ''] = /^([A-Za-z_]\w*)=(.*)$/.exec(word) ?? []
    if (name !== undefined) env[name] = value
    else if (!['cross-env', 'exec', 'env', 'npx', 'tini', 'dumb-init', '--'].includes(word)) break
    words.shift()
  }
  const [runner = '', ...rest] = words
  const script = scriptOf(runner, rest)
  if (script !== undefined) {
    const text = textOf(fieldsOf(packageJson?.scripts)[script])
    const program = text === undefined ? undefined : programOf(text, packageJson, depth + 1)
    return program === undefined ? undefined : { ...program, env: { ...program.env, ...env } }
  }
  if (!runners.has(runner.replace(/^.*\//, ''))) return undefined
  const options: string[] = []
  while (rest[0]?.startsWith('-') === true) {
    const option = rest.shift() ?? ''
    // These two take the next word for their value.
    const value = ['-r', '--require', '--import', '--loader'].includes(option) ? rest.shift() : undefined
    if (!harmlessOptions.test(option)) options.push(value === undefined ? option : `${option} ${value}`)
  }
  const [file, ...args] = rest[0] === 'watch' && runner.endsWith('tsx') ? rest.slice(1) : rest
  const entry = file?.replace(/^\.\//, '')
  return entry === undefined || entry === '' || entry.startsWith('/') ? undefined : { entry, args, env, options }
}

/** The name of the package.json script that a package manager is asked to run. */
function scriptOf (runner: string, [first, second]: string[]): string | undefined {
  if (!['npm', 'pnpm', 'yarn'].includes(runner) || first === undefined) return undefined
  if (first === 'run' || first === 'run-script') return second
  return runner === 'npm' && !['start', 'test'].includes(first) ? undefined : first
}
