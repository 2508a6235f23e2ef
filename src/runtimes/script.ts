// What a start script says beside the program: variables, arguments, files of variables, modules that are loaded first.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseEnv } from 'node:util'
import { expand, type Command } from './command.ts'
import { loadError } from './load.ts'
import type { ServiceToServe } from './runtime.ts'

/** To be called when process.argv names the program, and before it is loaded. @throws as loadModule, of what is loaded first */
export async function prepare ({ name, folder, args }: Pick<ServiceToServe, 'name' | 'folder' | 'args'>, command: Command): Promise<void> {
  for (const [variable, value] of command.env) process.env[variable] = expand([value], process.env)[0] ?? ''
  for (const file of command.envFiles) addVariables(resolve(folder, file))
  process.argv = [...process.argv.slice(0, 2), ...expand(command.args, process.env), ...args]
  const require = createRequire(join(folder, 'package.json'))
  for (const module of command.preloads) {
    try {
      await import(pathToFileURL(require.resolve(module)).href)
    } catch (thrown) {
      throw loadError(name, module, thrown)
    }
  }
}

/** What is not there says nothing; what the environment has already stays as it is. */
function addVariables (file: string): void {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return
  }
  for (const [variable, value] of Object.entries(parseEnv(text))) process.env[variable] ??= value ?? ''
}
