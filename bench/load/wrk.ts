// Load by wrk (https://github.com/wg/wrk), which saturates a Node server with a fraction of a core.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Children } from '../process/children.ts'
import type { Load, Loader } from './load.ts'
import { runToEnd } from './run-to-end.ts'

export function wrk (file: string, children: Children, folder: string): Loader {
  return {
    name: 'wrk',
    async rate ({ url, connections, seconds, uploadBytes }: Load) {
      const script = uploadBytes === undefined ? [] : ['-s', uploadScript(folder, uploadBytes)]
      const text = await runToEnd(children, { name: 'wrk', file, args: ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', ...script, url] }, seconds)
      return rateOf(text)
    }
  }
}

function uploadScript (folder: string, bytes: number): string {
  const file = join(folder, `upload-${bytes}.lua`)
  writeFileSync(file, `wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/octet-stream"\nwrk.body = string.rep("x", ${bytes})\n`)
  return file
}

/**
 * Requests a second, from wrk's report.
 * @throws on failed connections and answers that are no 2xx or 3xx
 */
export function rateOf (text: string): number {
  const [, rate] = /^Requests\/sec: +([\d.]+)$/m.exec(text) ?? []
  const [, errors] = /^ +Socket errors: (.*)$/m.exec(text) ?? []
  const [, refused] = /^ +Non-2xx or 3xx responses: (\d+)$/m.exec(text) ?? []
  if (rate === undefined) throw new Error(`wrk gave no rate; it said:\n${text}`)
  if (errors !== undefined) throw new Error(`connections failed under load: ${errors}`)
  if (refused !== undefined) throw new Error(`${refused} answers under load were no 2xx`)
  return Number(rate)
}
