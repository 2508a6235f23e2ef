// A side that is one Node.js program, listening on PORT.
import type { Bench } from '../bench.ts'
import { freePort } from '../process/port.ts'
import { start, type Started } from './started.ts'

export interface ProgramOptions {
  /** The Node.js to run on. */
  node?: string
  env?: Readonly<Record<string, string>>
  /** That must answer before it counts as started. */
  paths?: readonly string[]
}

export async function startProgram ({ children }: Pick<Bench, 'children'>, name: string, file: string, { node = process.execPath, env = {}, paths = ['/'] }: ProgramOptions = {}): Promise<Started> {
  const port = await freePort()
  return await start(children, { name, file: node, args: [file], env: { ...env, PORT: `${port}` } }, `http://127.0.0.1:${port}`, paths)
}
