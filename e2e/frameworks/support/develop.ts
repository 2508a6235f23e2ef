// `wattapp dev`, the real program, with copies of fixture apps that a test edits as a person would.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { running, type Running } from '../../../test/cli/support.ts'
import { copyOf } from './build.ts'
import { toolEnvironment } from './command.ts'

/** Watchers (chokidar) take two changes of one file within 50 ms for one, and may have read the first. No person is that fast. */
const calmMs = 250

export interface DevelopOptions {
  /** Of a fixture app, to be installed. */
  folder: string
  /** The app's one route, as browsers have it. */
  prefix: string
  /** Tells one copy of the fixture from another. */
  as: string
  /** What its tools write beside its sources. */
  outputs?: readonly string[]
  /** Of the app, in its manifest. */
  env?: Readonly<Record<string, string>>
  /** A second service, of plain Node and with the route /api: its folder. */
  api: string
}

export interface Developed extends AsyncDisposable {
  url: string
  child: Running
  /** One text by another, in one go. @throws when one of the old ones is not there: an edit that changes nothing proves nothing */
  edit: (file: string, ...replacements: Array<readonly [from: string, to: string]>) => Promise<void>
}

/** Resolves when both services are ready. */
export async function developed ({ folder, prefix, as, outputs = [], env = {}, api }: DevelopOptions): Promise<Developed> {
  const copy = await copyOf(folder, as, outputs)
  const root = dirname(copy)
  const apiCopy = `${copy}-api`
  rmSync(apiCopy, { recursive: true, force: true })
  cpSync(api, apiCopy, { recursive: true })
  const manifest = `${copy}.yaml`
  writeFileSync(manifest, `apiVersion: wattapp.dev/v1alpha1
kind: WattApp
metadata: { name: workshop }
spec:
  image: registry.example.com/workshop:1
  services:
    - name: web
      path: ${relative(root, copy)}
      routes: [{ pathPrefix: ${prefix} }]
      env: [${Object.entries(env).map(([name, value]) => `{ name: ${name}, value: ${JSON.stringify(value)} }`).join(', ')}]
    - { name: api, path: ${relative(root, apiCopy)}, routes: [{ pathPrefix: /api }] }
`)
  const tools = Object.fromEntries(Object.entries(toolEnvironment()).filter((pair): pair is [string, string] => pair[1] !== undefined))
  const child = running(['dev', manifest, '--port', '0', '--admin-port', '0'], { env: tools })
  try {
    const [, url = ''] = await child.line(/ is on (http:\S+)$/)
    await child.line(/ is ready; Ctrl\+C/)
    return { url, child, edit, [Symbol.asyncDispose]: end }
  } catch (thrown) {
    await end()
    throw thrown
  }

  async function edit (file: string, ...replacements: Array<readonly [from: string, to: string]>): Promise<void> {
    const path = join(copy, file)
    let text = readFileSync(path, 'utf8')
    for (const [from, to] of replacements) {
      if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
      text = text.replace(from, to)
    }
    await sleep(calmMs)
    writeFileSync(path, text)
  }

  async function end (): Promise<void> {
    await child[Symbol.asyncDispose]()
  }
}
