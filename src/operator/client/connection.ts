// Where the API server is and who we are. Inside a pod the service account's files say it; elsewhere the kubeconfig
// does, read by @kubernetes/client-node. That package costs 48 MB of memory, so only who needs it imports it.
import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import type { RequestOptions } from 'node:https'
import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../base/error.ts'
import { errors } from './errors.ts'

export interface Tls { ca?: string | Buffer, cert?: string | Buffer, key?: string | Buffer, rejectUnauthorized?: boolean, servername?: string }

export interface Connection {
  /** `https://10.96.0.1:443`, perhaps with a path */
  server: string
  tls: Tls
  /** The namespace we live in, or the context's. */
  namespace: string
  /** Credentials for the next request. `fresh`: the last ones were refused (401). */
  headers: (fresh?: boolean) => Promise<Record<string, string>>
}

export interface Kubeconfig { file?: string, context?: string }

const serviceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount'
// The kubelet renews the token at 80 % of its hour: client-go reads it once a minute too.
const credentialsLiveMs = 60_000

/** The pod's service account when there is one and no kubeconfig is named, else the kubeconfig. */
export async function connect (env: Record<string, string | undefined>, kubeconfig: Kubeconfig, clock: Clock): Promise<Connection> {
  const host = env['KUBERNETES_SERVICE_HOST']
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443'
  const named = kubeconfig.file !== undefined || kubeconfig.context !== undefined || (env['KUBECONFIG'] ?? '') !== ''
  if (host === undefined || named) return await fromKubeconfig(kubeconfig, clock)
  return await fromServiceAccount(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`, serviceAccountDir, clock)
}

/** @param dir folder with `token`, `ca.crt` and `namespace`, as the kubelet mounts it */
export async function fromServiceAccount (server: string, dir: string, clock: Clock): Promise<Connection> {
  const read = async (name: string): Promise<string> => await readFile(`${dir}/${name}`, 'utf8')
  try {
    const [ca, namespace] = await Promise.all([read('ca.crt'), read('namespace')])
    const headers = remembered(async () => ({ authorization: `Bearer ${(await read('token')).trim()}` }), clock)
    await headers()
    return { server, tls: { ca }, namespace: namespace.trim(), headers }
  } catch (thrown) {
    throw errors.WATT_KUBE_NO_CLUSTER(`the service account's files in ${dir} cannot be read (${messageOf(thrown)})`)
  }
}

/** @throws WATT_KUBE_NO_CLUSTER when there is no such file or context */
export async function fromKubeconfig ({ file, context }: Kubeconfig, clock: Clock): Promise<Connection> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js')
  const config = new KubeConfig()
  try {
    if (file === undefined) config.loadFromDefault()
    else config.loadFromFile(file)
    if (context !== undefined) config.setCurrentContext(context)
  } catch (thrown) {
    throw errors.WATT_KUBE_NO_CLUSTER(messageOf(thrown))
  }
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw errors.WATT_KUBE_NO_CLUSTER(`the kubeconfig has no context "${context ?? config.getCurrentContext()}"`)

  // Its public way to say what TLS and headers a request needs. We keep the answer and leave its agents unused:
  // they open a connection a request.
  const ask = async (): Promise<RequestOptions & { servername?: string }> => {
    const options: RequestOptions & { servername?: string } = { headers: {} }
    await config.applyToHTTPSOptions(options)
    return options
  }
  const { ca, cert, key, rejectUnauthorized, servername } = await ask()
  const tls = Object.fromEntries(Object.entries({ ca, cert, key, rejectUnauthorized, servername })
    .filter(([, value]) => value !== undefined && value !== null))
  const headers = remembered(async () => {
    const { headers = {}, auth } = await ask()
    const basic = typeof auth === 'string' && { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }
    return { ...basic, ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])) }
  }, clock)
  return {
    server: cluster.server.replace(/\/$/, ''),
    tls,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    headers
  }
}

function remembered (read: () => Promise<Record<string, string>>, clock: Clock): Connection['headers'] {
  let last: { headers: Record<string, string>, atMs: number } | undefined
  return async (fresh = false) => {
    if (last === undefined || fresh || clock.monotonic() - last.atMs > credentialsLiveMs) {
      last = { headers: await read(), atMs: clock.monotonic() }
    }
    return last.headers
  }
}
