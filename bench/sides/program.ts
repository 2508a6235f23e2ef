// A side that is one Node.js program, listening on PORT.
import type { Bench } from '../bench.ts'
import { firstAnswer } from '../process/answer.ts'
import { freePort } from '../process/port.ts'
import type { Started } from './started.ts'

export async function startProgram ({ children }: Pick<Bench, 'children'>, name: string, file: string, node = process.execPath): Promise<Started> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const program = await children.start({ name, file: node, args: [file], env: { PORT: `${port}` } })
  try {
    await firstAnswer(program, url)
  } catch (thrown) {
    await program.stop()
    throw thrown
  }
  return { url, program }
}
