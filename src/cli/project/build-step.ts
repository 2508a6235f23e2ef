// What builds a package: its own script, else its framework's program; with what its pages need to find themselves below a prefix. Pure.
import type { RuntimeBuild } from '../../runtimes/runtime.ts'
import { fieldsOf, textOf, type Fields } from '../draft/loose.ts'
import { runScript, type PackageManager } from './package-manager.ts'

export interface BuildStep {
  /** Program and arguments. A framework's program is one of node_modules/.bin. */
  command: string[]
  /** The same for people. */
  shown: string
  by: 'script' | 'framework'
  /** The text of the script, or the command again. */
  script: string
  env: Readonly<Record<string, string>>
  /** What a person should know. */
  notes: string[]
}

export interface Built {
  json: Fields | undefined
  manager: PackageManager
  build: RuntimeBuild | undefined
  basePath: string
}

/** Undefined: there is nothing to build. */
export function buildStepOf ({ json, manager, build, basePath }: Built): BuildStep | undefined {
  const script = textOf(fieldsOf(json?.scripts).build)
  const below = basePath === '' ? undefined : build?.below?.(basePath)
  const env = below?.env ?? {}
  if (script === undefined) {
    if (build === undefined) return undefined
    const command = [...build.command, ...below?.args ?? []]
    return { command, shown: command.join(' '), by: 'framework', script: command.join(' '), env, notes: [] }
  }
  const wanted = below?.args ?? []
  const takesArgs = build !== undefined && endsWith(script, build.command)
  const args = wanted.length > 0 && takesArgs && !namesOption(script, wanted) ? wanted : []
  const isLeft = wanted.length > 0 && args.length === 0 && !namesOption(script, wanted)
  return {
    command: runScript(manager, 'build', args),
    shown: [manager.name, 'run', 'build', ...args.length > 0 && manager.name === 'npm' ? ['--'] : [], ...args].join(' '),
    by: 'script',
    script,
    env,
    notes: isLeft
      ? [`its build script does not end with \`${build?.command.join(' ') ?? ''}\`, so \`${wanted.join(' ')}\` cannot be added: set the base path ${basePath} in the framework's configuration`]
      : []
  }
}

/** `tsc && vite build --mode x` ends with `vite build`. */
function endsWith (script: string, command: readonly string[]): boolean {
  const last = script.split(/&&|\|\||[;|&\n]/).at(-1)?.trim().split(/\s+/) ?? []
  const program = last.findIndex((word) => !/^(\w+=.*|cross-env|npx|exec|--)$/.test(word))
  return command.every((word, index) => last[program + index] === word)
}

/** `--base /x` of the script's own is left alone. */
function namesOption (script: string, args: readonly string[]): boolean {
  const names = args.filter((arg) => arg.startsWith('-')).map((arg) => arg.split('=', 1)[0] ?? arg)
  return script.split(/\s+/).some((word) => names.includes(word.split('=', 1)[0] ?? word))
}
