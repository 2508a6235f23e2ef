// kubectl as the tests' hands: what a person types, with its output.
import { execFile, spawn, type ChildProcess } from 'node:child_process'

export interface CommandResult { code: number, stdout: string, stderr: string }

/** Runs a command to its end; never throws for an exit code. */
export function run (command: string, args: string[], options: { input?: string, timeoutMs?: number, env?: Record<string, string> } = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = execFile(command, args, {
      maxBuffer: 64 * 1024 * 1024, timeout: options.timeoutMs ?? 120_000, env: { ...process.env, ...options.env }
    }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ code, stdout, stderr: stderr === '' && error !== null ? error.message : stderr })
    })
    // It may end without having read any of it, and is judged by how it ended.
    child.stdin?.on('error', () => {}).end(options.input)
  })
}

/** Standard output of a kubectl command that must succeed. */
export async function kubectl (args: string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await run('kubectl', args, input === undefined ? {} : { input })
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr.trim() || stdout.trim()}`)
  return stdout
}

/** An object of the API server, as far as a test looks. */
export interface KubeObject {
  kind: string
  metadata: { name: string, namespace?: string, uid: string, resourceVersion: string, generation?: number, labels?: Record<string, string>, annotations?: Record<string, string>, deletionTimestamp?: string }
  spec: Record<string, unknown>
  status?: Record<string, unknown>
  data?: Record<string, string>
}

export async function get (kind: string, name: string, namespace: string): Promise<KubeObject> {
  return JSON.parse(await kubectl(['get', kind, name, '-n', namespace, '-o', 'json']))
}

export async function list (kind: string, namespace: string, selector?: string): Promise<KubeObject[]> {
  const filter = selector === undefined ? [] : ['-l', selector]
  return JSON.parse(await kubectl(['get', kind, '-n', namespace, '-o', 'json', ...filter])).items
}

/** Applies YAML or JSON text. */
export function apply (manifest: string, namespace: string): Promise<string> {
  return kubectl(['apply', '-n', namespace, '-f', '-'], manifest)
}

/** A kubectl that goes on (proxy, port-forward); end it with `kill()`. */
export function kubectlBackground (args: string[]): ChildProcess {
  return spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'inherit'] })
}
