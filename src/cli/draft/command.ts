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
  const called = scriptOf(runner, rest)
  if (called !== undefined) {
    const text = textOf(fieldsOf(packageJson?.scripts)[called.script])
    const program = text === undefined ? undefined : programOf(text, packageJson, depth + 1)
    return program === undefined ? undefined : { ...program, args: [...program.args, ...called.args], env: { ...program.env, ...env } }
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

/** The script of package.json that a package manager is asked to run, and what it is given: npm takes options before `--` for its own. */
function scriptOf (runner: string, words: string[]): { script: string, args: string[] } | undefined {
  if (!['npm', 'pnpm', 'yarn'].includes(runner)) return undefined
  const end = words.includes('--') ? words.indexOf('--') : words.length
  const [first, ...others] = words.filter((word, index) => index > end || !/^-(s|-silent|-quiet|-if-present)$/.test(word))
  const isRun = first === 'run' || first === 'run-script'
  const [script, ...rest] = isRun || first === undefined ? others : [first, ...others]
  if (script === undefined || (!isRun && runner === 'npm' && !['start', 'test'].includes(script))) return undefined
  const args = rest[0] === '--' ? rest.slice(1) : runner === 'npm' ? rest.filter((word) => !word.startsWith('-')) : rest
  return { script, args }
}

/** Without the shell that runs it, and without what installs before it: `sh -c "npm install && node index.js"`. */
export function plainCommand (command: string): string {
  const [, , double, single] = /^(?:\/(?:usr\/)?bin\/)?(?:ba)?sh\s+-(?:l|e)?c\s+("([^"]*)"|'([^']*)')$/.exec(command.trim()) ?? []
  const shell = double ?? single ?? command.trim().replace(/^(?:\/(?:usr\/)?bin\/)?(?:ba)?sh\s+-(?:l|e)?c\s+/, '')
  const steps = shell.split('&&').map((step) => step.trim())
  const kept = steps.filter((step) => !/^(?:npm|pnpm|yarn)(?:\s+(?:install|i|ci)\b.*)?$/.test(step))
  return (kept.length === 0 ? steps : kept).join(' && ')
}

/** Names or folders of packages: of `npm -w`, `pnpm --filter`, `yarn workspace`, `turbo --filter`, and of their options for another folder. */
export function packageAimedAt (command: string): { at: string, command: string } | undefined {
  const [, byYarn, ofYarn] = /^yarn\s+workspace\s+(\S+)\s+(.*)$/.exec(command) ?? []
  if (byYarn !== undefined) return { at: plainName(byYarn), command: `yarn ${ofYarn ?? ''}` }
  if (!/^(?:npm|pnpm|yarn|(?:npx\s+|pnpm\s+|yarn\s+)?turbo)\s/.test(command)) return undefined
  const option = /\s(?:--filter|-F|--workspace|-w|--prefix|--cwd|--dir|-C)(?:=|\s+)(\S+)/
  const at = option.exec(command)?.[1]
  if (at === undefined) return undefined
  return { at: plainName(at), command: command.replace(option, '').replace(/^(?:(?:npx|pnpm|yarn)\s+)?turbo\s+(?:run\s+)?/, 'npm run ') }
}

/** Of pnpm's and turbo's patterns: `@acme/api...`, `{./apps/api}`. */
function plainName (name: string): string {
  return name.replaceAll(/^['"]|['"]$/g, '').replaceAll(/^\.{3}|\^?\.{3}$|[{}]/g, '').replace(/^\.\//, '')
}
