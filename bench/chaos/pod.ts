// A pod as the container starts it: the supervisor's main program with files for its config, here on loopback.
import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { AppConfig } from '../../src/api/app-config.ts'
import type { AppStatus, ServiceStatus } from '../../src/api/app-status.ts'
import { toAppConfig } from '../../src/api/to-app-config.ts'
import type { WattAppManifest } from '../../src/api/wattapp.ts'
import { ask, type Answer } from '../process/answer.ts'
import type { Program } from '../process/children.ts'
import { freePort } from '../process/port.ts'
import type { Chaos } from './fault.ts'

type Spec = WattAppManifest['spec']
type ServiceSpec = Spec['services'][number]

export interface Pod extends AsyncDisposable {
  url: string
  admin: string
  program: Program
  config: AppConfig
  get: (path: string, timeoutMs?: number) => Promise<Answer | undefined>
  status: () => Promise<AppStatus>
  service: (name: string) => Promise<ServiceStatus>
  metrics: () => Promise<string>
  /** As the kubelet swaps a mounted file: at once. */
  writeConfig: (text: string) => void
  writeMemoryLimit: (bytes: number) => void
  signal: (signal: NodeJS.Signals) => void
  /** MiB */
  residentMiB: () => number
}

const app = join(import.meta.dirname, 'app')

export function service (name: string, more: Partial<ServiceSpec> = {}): ServiceSpec {
  return { name, path: name, memory: '96Mi', routes: [{ pathPrefix: `/${name}`, rewrite: '/' }], ...more }
}

export interface PodOptions {
  services: ServiceSpec[]
  gateway?: NonNullable<Spec['gateway']>
  drainDelay?: string
  memoryLimit?: string
  /** Flags of Node.js before the program. */
  nodeFlags?: string[]
  env?: Record<string, string>
}

/** Running and ready. @throws what it said when it does not come up within 30 s */
export async function startPod ({ children, folder, dist }: Pick<Chaos, 'children' | 'folder' | 'dist'>, { services, gateway = {}, drainDelay = '0s', memoryLimit, nodeFlags = [], env = {} }: PodOptions): Promise<Pod> {
  const config = toAppConfig({
    apiVersion: 'wattapp.dev/v1alpha1',
    kind: 'WattApp',
    metadata: { name: 'chaos' },
    spec: {
      image: 'chaos',
      drainDelay,
      gateway,
      services,
      observability: { logs: { level: 'warn' } },
      ...(memoryLimit !== undefined && { podTemplate: { resources: { limits: { memory: memoryLimit } } } })
    }
  })
  const own = mkdtempSync(join(folder, 'pod-'))
  const configFile = join(own, 'app.json')
  const podFolder = join(own, 'pod')
  mkdirSync(podFolder)
  swap(configFile, JSON.stringify(config))
  if (config.memoryLimitBytes !== undefined) swap(join(podFolder, 'memory-limit'), `${config.memoryLimitBytes}`)
  const [httpPort, adminPort] = [await freePort(), await freePort()]
  const [url, admin] = [httpPort, adminPort].map((port) => `http://127.0.0.1:${port}`) as [string, string]
  const program = await children.start({
    name: 'the pod',
    file: process.execPath,
    args: [...nodeFlags, join(dist, 'supervisor/main.js')],
    cwd: app,
    env: {
      WATTAPP_CONFIG: configFile,
      WATTAPP_ROOT: app,
      WATTAPP_ENV_DIR: join(own, 'env'),
      WATTAPP_POD_DIR: podFolder,
      WATTAPP_HTTP_PORT: `${httpPort}`,
      WATTAPP_ADMIN_PORT: `${adminPort}`,
      UV_THREADPOOL_SIZE: '8',
      ...env
    }
  })
  await until('the pod is ready', async () => (await ask(`${admin}/readyz`))?.status === 200, 30_000, program)
  const status = async (): Promise<AppStatus> => JSON.parse((await ask(`${admin}/api/v1/status`, 5_000))?.body ?? '{}') as AppStatus
  return {
    url,
    admin,
    program,
    config,
    get: (path, timeoutMs) => ask(url + path, timeoutMs),
    status,
    async service (name) {
      const found = (await status()).services.find((service) => service.name === name)
      if (found === undefined) throw new Error(`the pod's status has no service "${name}"`)
      return found
    },
    metrics: async () => (await ask(`${admin}/metrics`, 5_000))?.body ?? '',
    writeConfig: (text) => swap(configFile, text),
    writeMemoryLimit: (bytes) => swap(join(podFolder, 'memory-limit'), `${bytes}`),
    signal: (signal) => { process.kill(program.pid, signal) },
    residentMiB: () => residentMiB(program.pid),
    [Symbol.asyncDispose]: () => program.stop()
  }
}

/** Asks until it holds; false when it never does. */
export async function holds (look: () => Promise<boolean>, timeoutMs = 10_000, everyMs = 25): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    try {
      if (await look()) return true
    } catch {
      // It may be gone, or not there yet.
    }
    if (performance.now() > deadlineMs) return false
    await wait(everyMs)
  }
}

export async function until (what: string, look: () => Promise<boolean>, timeoutMs = 10_000, program?: Program): Promise<void> {
  if (!await holds(look, timeoutMs)) throw new Error(`waited ${timeoutMs} ms in vain: ${what}${program === undefined ? '' : `; ${program.name} said:\n${program.said()}`}`)
}

function swap (file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

function residentMiB (pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1] ?? 0)
  return pages * 4096 / 2 ** 20
}
