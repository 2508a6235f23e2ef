// A command line of package.json's scripts → the program that it starts, where it is as simple as `NAME=value program argument…`. Pure.

/** A variable whose value is known when the service starts. */
interface Variable { name: string, fallback: string, isQuoted: boolean }

/** One word of a command line. */
export type Word = ReadonlyArray<string | Variable>

export interface Command {
  env: ReadonlyArray<readonly [name: string, value: Word]>
  /** What `name` is: a file that Node runs, or a program by the name that npm finds it by. */
  runs: 'file' | 'program'
  name: string
  args: readonly Word[]
  /** Modules that are loaded before it: `node --import`, `--require`. */
  preloads: readonly string[]
  /** `node --env-file`: what they say gives way to the environment. */
  envFiles: readonly string[]
}

export type Scripts = Readonly<Record<string, unknown>>

/** Programs that run a file as Node does, and what makes Node read what they read. Where they watch files, that is for development. */
const runners: ReadonlyMap<string, readonly string[]> = new Map([
  ['node', []], ['nodejs', []], ['nodemon', []], ['node-dev', []], ['pm2-runtime', []], ['forever', []], ['supervisor', []],
  ['tsx', ['tsx']], ['ts-node', ['ts-node/register']], ['ts-node-dev', ['ts-node/register']], ['tsnd', ['ts-node/register']], ['babel-node', ['@babel/register']]
])

/** Of the runners; the next word is their value. */
const takeValue: ReadonlySet<string> = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader', '--env-file', '--env-file-if-exists', '-C', '--conditions',
  '--watch-path', '--title', '--max-old-space-size', '-w', '--watch', '-e', '--ext', '-i', '--ignore', '-d', '--delay', '-P', '--project', '-n', '--name'])

/** Of Node these two are no more than words by themselves. */
const nodeFlags: ReadonlySet<string> = new Set(['--watch', '-i'])

/** They start what follows them. */
const launchers: ReadonlySet<string> = new Set(['cross-env', 'cross-env-shell', 'env', 'exec', 'npx', 'pnpx', 'bunx', 'tini', 'dumb-init', '--'])

/** They start, build or keep other programs: none of them is the service. */
const noServices: ReadonlySet<string> = new Set(['wattapp', 'watt', 'wattpm', 'platformatic', 'plt', 'pm2', 'concurrently', 'conc', 'npm-run-all', 'npm-run-all2', 'run-p', 'run-s',
  'turbo', 'nx', 'lerna', 'wireit', 'gulp', 'grunt', 'tsc', 'tsc-watch', 'docker', 'docker-compose', 'wait-on', 'start-server-and-test', 'sh', 'bash'])

/** Undefined: it is more than the plain start of one program. Scripts that it names are followed. */
export function readCommand (text: string, scripts: Scripts, depth = 0): Command | undefined {
  const words = wordsOf(text)
  return words === undefined ? undefined : commandOf(words, scripts, depth)
}

function commandOf (given: readonly Word[], scripts: Scripts, depth: number): Command | undefined {
  const words = [...given]
  const env: Array<readonly [string, Word]> = []
  const envFiles: string[] = []
  for (;;) {
    const [first] = words
    const [head = '', ...tail] = first ?? []
    const [, name, value = ''] = typeof head === 'string' ? /^([A-Za-z_]\w*)=(.*)$/s.exec(head) ?? [] : []
    const text = plain(first)
    if (name !== undefined) env.push([name, value === '' ? tail : [value, ...tail]])
    else if (text === 'dotenv') envFiles.push(...dotenvFiles(words))
    else if (text === undefined || !launchers.has(text)) break
    words.shift()
    if (text !== undefined && launchers.has(text)) dropOptions(words)
  }
  const program = plain(words.shift())
  if (program === undefined || noServices.has(program)) return undefined
  const asked = manager(program, words)
  if (asked !== undefined) {
    const script = scripts[asked.name]
    if (typeof script === 'string' && !asked.isProgram) {
      const followed = depth > 4 ? undefined : readCommand(script, scripts, depth + 1)
      return followed && { ...followed, env: [...env, ...followed.env], args: [...followed.args, ...asked.rest], envFiles: [...envFiles, ...followed.envFiles] }
    }
    if (!asked.mayBeProgram) return undefined
    return commandOf([...env.map(([name, value]) => [`${name}=`, ...value]), [asked.name], ...asked.rest], {}, depth)
  }
  const preloads = runners.get(program.replace(/^.*\/(?=node(?:js)?$)/, ''))
  if (preloads !== undefined) return runOf(program, words, { env, envFiles, preloads })
  return { env, runs: 'program', name: program, args: words, preloads: [], envFiles }
}

/** `node [options] FILE [arguments]`, and those like it. */
function runOf (runner: string, words: Word[], { env, envFiles, preloads }: Pick<Command, 'env' | 'envFiles' | 'preloads'>): Command | undefined {
  const modules = [...preloads]
  const files = [...envFiles]
  for (let option = plain(words[0]); ; option = plain(words[0])) {
    if (option === undefined) {
      // `node $OPTIONS server.js`: what is in the variable are options, which a worker has none of.
      if (words.length < 2) return undefined
      words.shift()
      continue
    }
    if (!option.startsWith('-') && !['start', 'watch'].includes(option)) break
    words.shift()
    const [name = '', inline] = option.split(/=(.*)/s)
    const value = inline ?? (takeValue.has(name) && !(runner === 'node' && nodeFlags.has(name)) ? plain(words.shift()) : undefined)
    if (['--eval', '-e', '--print', '-p', '--test', '--run', '--exec', '-x'].includes(name) && !(name === '-e' && runner === 'nodemon')) return undefined
    if (value === undefined) continue
    if (['-r', '--require', '--import', '--loader'].includes(name)) modules.push(value)
    if (name.startsWith('--env-file')) files.push(value)
  }
  const file = plain(words.shift())
  return file === undefined || file === '' ? undefined : { env, runs: 'file', name: file, args: words, preloads: modules, envFiles: files }
}

interface Asked { name: string, rest: Word[], isProgram: boolean, mayBeProgram: boolean }

/** `npm run NAME`, `pnpm exec NAME`, `yarn NAME`: what a package manager is asked to start; undefined: it is none. */
function manager (program: string, words: readonly Word[]): Asked | undefined {
  if (!['npm', 'pnpm', 'yarn', 'bun'].includes(program)) return undefined
  const rest = [...words]
  dropOptions(rest)
  const verb = plain(rest.shift()) ?? ''
  const isProgram = ['exec', 'dlx', 'x'].includes(verb)
  const isRun = isProgram || ['run', 'run-script'].includes(verb)
  if (isRun) dropOptions(rest)
  const name = isRun ? plain(rest.shift()) ?? '' : verb
  // What npm hands on comes after two dashes.
  if (plain(rest[0]) === '--') rest.shift()
  return { name, rest, isProgram, mayBeProgram: isProgram || (program !== 'npm' && verb !== 'start') }
}

/** Of launchers and package managers; those of them that are known to take a value. */
function dropOptions (words: Word[]): void {
  for (let option = plain(words[0]); option?.startsWith('-') === true; option = plain(words[0])) {
    words.shift()
    if (['-p', '--package', '-C', '--prefix'].includes(option)) words.shift()
  }
}

/** `dotenv -e FILE -- program`, its options taken off. */
function dotenvFiles (words: Word[]): string[] {
  const files: string[] = []
  while (plain(words[1])?.startsWith('-') === true && plain(words[1]) !== '--') {
    const [option] = words.splice(1, 1).map(plain)
    if (option === '-e') files.push(plain(words.splice(1, 1)[0]) ?? '')
  }
  return files.length === 0 ? ['.env'] : files
}

function plain (word: Word | undefined): string | undefined {
  if (word === undefined || word.some((part) => typeof part !== 'string')) return undefined
  return word.join('')
}

/** In turn: quoted text, an escape, a variable with what holds when it is empty, and text in which no character is special. */
const part = /'([^']*)'|"((?:[^"\\$`]|\\.|\$(?:\w+|\{\w+(?::?-[^}$`"]*)?\}))*)"|\\(.)|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?-([^}$`]*))?\})|([^\s'"\\$`|&;<>()]+)|(\s+)/gsy

/** As sh(1) splits it; undefined: there is an operator, a substitution or an open quote in it. */
function wordsOf (text: string): Word[] | undefined {
  const words: Word[] = []
  let word: Array<string | Variable> | undefined
  const matcher = new RegExp(part)
  let at = 0
  for (let match = matcher.exec(text); match !== null; match = matcher.exec(text)) {
    at = matcher.lastIndex
    const [, single, double, escaped, bare, braced, fallback = '', literal, space] = match
    if (space !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    const name = bare ?? braced
    word ??= []
    if (double !== undefined) word.push(...quoted(double))
    else if (name !== undefined) word.push({ name, fallback, isQuoted: false })
    else word.push(single ?? escaped ?? literal ?? '')
  }
  if (at < text.length) return undefined
  return word === undefined ? words : [...words, word]
}

function quoted (text: string): Array<string | Variable> {
  return Array.from(text.matchAll(/\\([$"\\`])|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?-([^}]*))?\})|[^\\$]+|[^]/g), ([whole, escaped, bare, braced, fallback = '']) => {
    const name = bare ?? braced
    return name === undefined ? escaped ?? whole : { name, fallback, isQuoted: true }
  })
}

/** The words with the variables' values. One that is nothing but a variable, and empty, is no word. */
export function expand (words: readonly Word[], env: Readonly<Record<string, string | undefined>>): string[] {
  return words.flatMap((word) => {
    const values = word.map((one) => typeof one === 'string' ? one : env[one.name] || one.fallback)
    const [only, ...others] = word
    if (others.length > 0 || typeof only !== 'object' || only.isQuoted) return [values.join('')]
    return values.join('').split(/\s+/).filter((value) => value !== '')
  })
}
