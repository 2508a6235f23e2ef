// What a service sees in process.env: a short list from the pod, its own literals and files, and PORT. Never another
// service's variables, and never the supervisor's own (WATTAPP_*).
import type { ServiceConfig } from '../api/app-config.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * An allow-list: what is not here is the pod's business. KUBERNETES_* is where the API server is (no secret: the token is not
 * mounted), so that a pod with a ServiceAccount of its own can use a client as usual. NODE_OPTIONS and LD_* never pass.
 */
const passed = [
  /^(PATH|HOME|HOSTNAME|LANG|LANGUAGE|TZ|TMPDIR|USER|SHELL|TERM|NODE_ENV)$/,
  /^LC_[A-Z]+$/,
  /^(POD|KUBERNETES)_[A-Z0-9_]+$/,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS)$/,
  /^(HTTP_PROXY|HTTPS_PROXY|NO_PROXY|http_proxy|https_proxy|no_proxy|NODE_USE_ENV_PROXY)$/
]

/** Where a service that asks for no port is told to listen; nothing is bound there (the mesh takes its place). */
const defaultPort = 3000

/** The part of the pod's environment that all services see. */
export function baseEnvironment (pod: Environment): Record<string, string> {
  const base: Record<string, string> = { NODE_ENV: 'production' }
  for (const [name, value] of Object.entries(pod)) {
    if (value !== undefined && passed.some((pattern) => pattern.test(name))) base[name] = value
  }
  return base
}

/** The whole process.env of a service's workers. Its own variables win over the pod's. */
export function serviceEnvironment (service: Pick<ServiceConfig, 'env' | 'port'>, base: Environment, files: Readonly<Record<string, string>>): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...base, PORT: String(service.port ?? defaultPort), ...service.env, ...files })) {
    if (value !== undefined) env[name] = value
  }
  return env
}
