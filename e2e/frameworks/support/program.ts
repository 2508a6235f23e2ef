// A framework's own server as a program of its own, to compare with.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { until } from '../../support/wait.ts'
import { freePort } from './app.ts'
import { toolEnvironment } from './command.ts'

export interface ProgramOptions {
  folder: string
  /** One of node_modules/.bin. It listens on PORT. */
  program: string
  args: readonly string[]
  env?: Readonly<Record<string, string>>
}

export interface Program extends AsyncDisposable { url: string }

/** Resolves once it answers. @throws with what it said, when it ends before that */
export async function startProgram ({ folder, program, args, env = {} }: ProgramOptions): Promise<Program> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [join(folder, 'node_modules/.bin', program), ...args], {
    cwd: folder,
    env: toolEnvironment({ NODE_ENV: 'production', HOST: '127.0.0.1', PORT: `${port}`, ...env }),
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const exited = once(child, 'exit')
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  try {
    await until(`${program} answers`, async () => {
      if (child.exitCode !== null) return true
      await (await fetch(url)).arrayBuffer()
      return true
    })
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}:\n${Buffer.concat(said).toString()}`)
  } catch (thrown) {
    await stop()
    throw thrown
  }
  return { url, [Symbol.asyncDispose]: stop }
}
