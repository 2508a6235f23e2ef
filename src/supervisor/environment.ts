// What a service sees in process.env: what its image or the laptop has for all, its own literals and files, and PORT. Never
// another service's variables, and never the supervisor's own (WATTAPP_*).
import type { ServiceConfig } from '../api/app-config.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * A laptop's variables that every service sees: a list of what is passed, because a shell holds its user's own secrets, and a
 * `secretKeyRef` takes its value from there for one service alone.
 */
const passed = [
  /^(PATH|HOME|HOSTNAME|LANG|LANGUAGE|TZ|TMPDIR|USER|SHELL|TERM|NODE_ENV)$/,
  /^LC_[A-Z]+$/,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS)$/,
  /^(HTTP_PROXY|HTTPS_PROXY|NO_PROXY|http_proxy|https_proxy|no_proxy|NODE_USE_ENV_PROXY)$/
]

/**
 * A container's variables that no service sees: they steer this process as a whole. Everything else was put there for all, by
 * `ENV` in the app's image or by the kubelet.
 */
const kept = /^(WATTAPP_.*|NODE_OPTIONS|LD_.*|UV_THREADPOOL_SIZE|NODE_CHANNEL_.*)$/

/** Where a service that asks for no port is told to listen; nothing is bound there (the mesh takes its place). */
const defaultPort = 3000

/** The part of a container's environment that all services see. */
export function containerEnvironment (container: Environment): Record<string, string> {
  return chosen(container, (name) => !kept.test(name))
}

/** The part of a laptop's environment that all services see. */
export function laptopEnvironment (laptop: Environment): Record<string, string> {
  return chosen(laptop, (name) => passed.some((pattern) => pattern.test(name)))
}

function chosen (environment: Environment, isShared: (name: string) => boolean): Record<string, string> {
  const base: Record<string, string> = { NODE_ENV: 'production' }
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && isShared(name)) base[name] = value
  }
  return base
}

/**
 * The whole process.env of a group's workers. Their own variables win over the pod's; services that share a thread share them all
 * (validation sees to it that no two of them give one variable two values), and the first port.
 */
export function workerEnvironment (services: ReadonlyArray<Pick<ServiceConfig, 'env' | 'port'>>, base: Environment, files: Readonly<Record<string, string>>): Record<string, string> {
  const port = services.find(({ port }) => port !== undefined)?.port ?? defaultPort
  const own: Environment = Object.assign({}, ...services.map(({ env }) => env), files)
  return Object.fromEntries(Object.entries({ ...base, PORT: String(port), ...own }).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
