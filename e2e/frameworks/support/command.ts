// Runs a program of a test to its end, and keeps what it said for the case that it fails.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface CommandOptions {
  cwd: string
  /** On top of what every command gets. */
  env?: Readonly<Record<string, string>>
}

/** What the frameworks' tools see: no telemetry, no colours, and none of what `npm run` tells its scripts, which another npm would obey. */
export function toolEnvironment (more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$|NODE_OPTIONS$|NODE_TEST_CONTEXT$)/.test(name))
  return { ...Object.fromEntries(own), NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', NO_COLOR: '1', CI: 'true', ...more }
}

/** Both outputs together. @throws with them, when it ends with another code than 0 */
export async function runCommand (command: string, args: readonly string[], { cwd, env }: CommandOptions): Promise<string> {
  const child = spawn(command, args, { cwd, env: toolEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [code, signal] = await once(child, 'close') as [number | null, string | null]
  const output = Buffer.concat(chunks).toString()
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} in ${cwd} ended with ${code ?? signal ?? 'nothing'}:\n${output}`)
  return output
}
