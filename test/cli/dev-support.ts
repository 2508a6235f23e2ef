// An app of plain Node services in a folder of its own, whose files the tests change.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { running, temporaryFolder, type Running, type StartOptions } from './support.ts'

export interface DevApp extends AsyncDisposable {
  child: Running
  url: string
  folder: string
  write: (file: string, text: string) => Promise<void>
  get: (path: string, init?: RequestInit) => Promise<Response>
  text: (path: string) => Promise<string>
}

export interface DevAppOptions { files: Record<string, string>, services?: string[], arguments?: string[], start?: StartOptions, isReady?: boolean }

/** Each service is a folder of its name, with the route /NAME; the first has / too. */
export function manifestOf (services: readonly string[]): string {
  return `apiVersion: wattapp.dev/v1alpha1
kind: WattApp
metadata: { name: workshop }
spec:
  image: registry.example.com/workshop:1
  services:
${services.map((name, index) => `    - name: ${name}\n      path: ${name}\n      routes: [{ pathPrefix: /${name} }${index === 0 ? ', { pathPrefix: / }' : ''}]`).join('\n')}
`
}

/** `isReady: false`: one of the services does not start. */
export async function developing (options: DevAppOptions): Promise<DevApp> {
  const { files, services = [...new Set(Object.keys(files).map((file) => file.split('/')[0] ?? ''))], start = {}, isReady = true } = options
  const temporary = await temporaryFolder()
  const folder = temporary.path
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
  for (const [file, text] of Object.entries({ 'wattapp.yaml': manifestOf(services), ...files })) await write(file, text)
  const child = running(['dev', join(folder, 'wattapp.yaml'), '--port', '0', '--admin-port', '0', ...options.arguments ?? []], start)
  const [, url = ''] = await child.line(/ is on (http:\S+)$/)
  if (isReady) await child.line(/ is ready; Ctrl\+C/)
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(url + path, init)
  return {
    child,
    url,
    folder,
    write,
    get,
    text: async (path) => (await get(path, { signal: AbortSignal.timeout(60_000) })).text(),
    async [Symbol.asyncDispose] () {
      await child[Symbol.asyncDispose]()
      await temporary[Symbol.asyncDispose]()
    }
  }
}
