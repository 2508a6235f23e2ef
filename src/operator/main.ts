// The operator's program: argv and environment → one operator, until SIGTERM or the lease is lost.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { durationMs, durationPattern } from '../api/duration.ts'
import { systemClock } from '../base/clock.ts'
import { messageOf, WattError } from '../base/error.ts'
import { connect } from './client/connection.ts'
import { startOperator } from './operator.ts'

const usage = `Usage: node operator/main.js [options]

  --namespaces NAMES       watch only these, separated by commas (WATTAPP_NAMESPACES; default: all)
  --runtime-image IMAGE    runs apps that have their code in a ConfigMap (WATTAPP_RUNTIME_IMAGE)
  --leader-elect           work only while holding the Lease, so that several can run
  --lease-namespace NAME   where the Lease is (default: our own namespace)
  --concurrency NUMBER     apps worked on at once (default: 10)
  --poll-interval TIME     how often an app at rest is looked at (default: 10s)
  --host HOST, --port N    /healthz, /readyz and /metrics (default: 0.0.0.0:8080; :: for IPv6)
  --log-level LEVEL        debug, info, warn or error (default: info)
  --kubeconfig FILE, --context NAME   outside a cluster (KUBECONFIG)
  --help, --version
`

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

function readOptions (env: Record<string, string | undefined>) {
  const { values } = parseArgs({
    options: {
      namespaces: { type: 'string', default: env['WATTAPP_NAMESPACES'] ?? '' },
      'runtime-image': { type: 'string', default: env['WATTAPP_RUNTIME_IMAGE'] ?? `wattapp/runtime:${version}` },
      'leader-elect': { type: 'boolean', default: false },
      'lease-namespace': { type: 'string' },
      concurrency: { type: 'string', default: '10' },
      'poll-interval': { type: 'string', default: '10s' },
      host: { type: 'string', default: '0.0.0.0' },
      port: { type: 'string', default: '8080' },
      'log-level': { type: 'string', default: 'info' },
      kubeconfig: { type: 'string' },
      context: { type: 'string' },
      help: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false }
    }
  })
  const number = (name: 'concurrency' | 'port', atLeast: number): number => {
    const value = Number(values[name])
    if (!Number.isInteger(value) || value < atLeast || value > 65_535) throw new Error(`--${name} ${values[name]}: expected a whole number from ${atLeast} to 65535`)
    return value
  }
  const interval = values['poll-interval']
  if (!new RegExp(durationPattern).test(interval) || durationMs(interval) < 1000) throw new Error(`--poll-interval ${interval}: expected a duration of at least 1s`)
  if (!['debug', 'info', 'warn', 'error'].includes(values['log-level'])) throw new Error(`--log-level ${values['log-level']}: expected debug, info, warn or error`)
  const namespaces = values.namespaces.split(',').map((name) => name.trim()).filter((name) => name !== '')
  return {
    ...values,
    namespaces: namespaces.length === 0 ? undefined : namespaces,
    concurrency: number('concurrency', 1),
    port: number('port', 0),
    settledMs: durationMs(interval)
  }
}

async function main (): Promise<void> {
  const { env } = process
  let options
  try {
    options = readOptions(env)
  } catch (thrown) {
    process.stderr.write(`${messageOf(thrown)}\n${usage}`)
    process.exitCode = 2
    return
  }
  if (options.help || options.version) {
    process.stdout.write(options.help ? usage : `${version}\n`)
    return
  }

  const log = pino({ level: options['log-level'], base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) }, messageKey: 'msg' })
  const { kubeconfig: file, context } = options
  const connection = await connect(env, { ...(file !== undefined && { file }), ...(context !== undefined && { context }) }, systemClock)
  const operator = await startOperator({
    connection,
    namespaces: options.namespaces,
    runtimeImage: options['runtime-image'],
    lease: options['leader-elect'] ? { namespace: options['lease-namespace'] ?? connection.namespace } : undefined,
    identity: `${env['POD_NAME'] ?? hostname()}_${randomUUID().slice(0, 8)}`,
    admin: { host: options.host, port: options.port },
    concurrency: options.concurrency,
    settledMs: options.settledMs,
    version,
    log
  })
  log.info({ version, server: connection.server, namespaces: options.namespaces ?? 'all', port: operator.adminPort, runtimeImage: options['runtime-image'] }, 'Started')

  operator.lost.then(() => {
    // What was begun cannot be trusted any more; a fresh process begins with fresh caches.
    log.error({}, 'Lost the lease, ending')
    process.exit(1)
  }, () => {})
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'Stopping')
      operator.close().then(() => process.exit(0), (thrown: unknown) => {
        log.error({ error: messageOf(thrown) }, 'Stopping failed')
        process.exit(1)
      })
    })
  }
}

main().catch((thrown: unknown) => {
  process.stderr.write(thrown instanceof WattError ? `${thrown.code}: ${thrown.message}\n${thrown.hint}\n` : `${thrown instanceof Error ? thrown.stack : String(thrown)}\n`)
  process.exitCode = 1
})
