// Load by autocannon, for machines without wrk. A Node client: it may saturate before the server does, and then flatters the slower side.
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Children } from '../process/children.ts'
import type { Load, Loader } from './load.ts'
import { runToEnd } from './run-to-end.ts'

export function autocannon (children: Children, folder: string): Loader {
  const file = createRequire(import.meta.url).resolve('autocannon/autocannon.js')
  return {
    name: 'autocannon',
    async rate ({ url, connections, seconds, uploadBytes }: Load) {
      const upload = uploadBytes === undefined ? [] : ['-m', 'POST', '-H', 'content-type=application/octet-stream', '-i', uploadFile(folder, uploadBytes)]
      const args = [file, '--json', '--no-progress', '-c', `${connections}`, '-d', `${seconds}`, ...upload, url]
      return rateOf(await runToEnd(children, { name: 'autocannon', file: process.execPath, args }, seconds))
    }
  }
}

function uploadFile (folder: string, bytes: number): string {
  const file = join(folder, `upload-${bytes}`)
  writeFileSync(file, 'x'.repeat(bytes))
  return file
}

/** @throws on failed connections and answers that are no 2xx */
export function rateOf (text: string): number {
  const json = /^\{.*\}$/ms.exec(text)?.[0]
  if (json === undefined) throw new Error(`autocannon gave no rate; it said:\n${text}`)
  const { '2xx': answered, duration, errors, timeouts, non2xx } = JSON.parse(json) as Record<'2xx' | 'duration' | 'errors' | 'timeouts' | 'non2xx', number>
  if (errors + timeouts > 0) throw new Error(`connections failed under load: ${errors} errors, ${timeouts} timeouts`)
  if (non2xx > 0) throw new Error(`${non2xx} answers under load were no 2xx`)
  return answered / duration
}
