// What a build script sees of the environment. Pure.

export interface ToolEnvironment {
  /** Of this process. */
  env: Readonly<Record<string, string | undefined>>
  /** A folder whose `node` is the one that runs this process. */
  nodeFolder: string
  /** Of the manifest. */
  service: Readonly<Record<string, string>>
  /** Of the framework's adapter; its NODE_OPTIONS come on top of what is there. */
  adapter: Readonly<Record<string, string>>
}

/** Frameworks report to their makers unless they are told not to. */
const quiet = { NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1', GATSBY_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }

/** Of what a script of a package manager hears; another run of one would obey it. */
const ofOuterRun = /^(npm_|INIT_CWD$|PNPM_SCRIPT_SRC_DIR$|BERRY_BIN_FOLDER$|PROJECT_CWD$|YARN_IGNORE_PATH$|NODE_TEST_CONTEXT$)/

/** Where a service runs is not where it is built. */
const ofProduction = new Set(['NODE_ENV', 'NODE_OPTIONS', 'PATH', 'HOME', 'HOST', 'HOSTNAME'])

export function toolEnvironment ({ env, nodeFolder, service, adapter }: ToolEnvironment): Record<string, string> {
  const isOuterRun = env.npm_lifecycle_event !== undefined || env.npm_execpath !== undefined
  const inherited = Object.entries(env).flatMap(([name, value]) => value === undefined || (isOuterRun ? ofOuterRun : /^NODE_TEST_CONTEXT$/).test(name) ? [] : [[name, value] as const])
  const declared = Object.entries(service).filter(([name]) => !ofProduction.has(name))
  const options = [env.NODE_OPTIONS, adapter.NODE_OPTIONS].filter((text) => text !== undefined && text !== '').join(' ')
  return {
    ...Object.fromEntries(inherited),
    ...quiet,
    ...Object.fromEntries(declared),
    ...adapter,
    ...(options !== '' && { NODE_OPTIONS: options }),
    PATH: [nodeFolder, env.PATH].filter((part) => part !== undefined && part !== '').join(':')
  }
}

/** What frameworks write into the pages that they build, by its name alone. */
const inlined = /^(NEXT_PUBLIC_|VITE_|PUBLIC_|REACT_APP_|NUXT_|GATSBY_|EXPO_PUBLIC_|STORYBOOK_|NODE_ENV$|NODE_OPTIONS$|BROWSERSLIST)/

/** Of the environment: what may make a difference to the build, since a framework or one of its sources names it. */
export function telling (env: Readonly<Record<string, string | undefined>>, isNamed: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => value !== undefined && !passing.has(name) && (inlined.test(name) || isNamed(name)) ? [[name, value] as const] : []).sort())
}

/** Of a shell's session: another for each, and named by many a script. */
const passing = new Set(['PATH', 'PWD', 'OLDPWD', 'HOME', 'USER', 'SHELL', 'SHLVL', 'TERM', 'LANG', 'LOGNAME', 'TMPDIR', 'EDITOR', 'HOSTNAME', 'PORT', 'HOST', 'COLUMNS', 'LINES'])
