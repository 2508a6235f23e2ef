// A Watt 2 or 3 project → a draft of a WattApp. Pure but for the tree.
import type { LogLevel } from '../../api/app-config.ts'
import type { Draft, Spec, Unequal } from '../draft/draft.ts'
import { fieldsOf, listOf, textOf, type Fields } from '../draft/loose.ts'
import { appName, serviceName } from '../draft/names.ts'
import { withoutCredentials } from '../draft/secrets.ts'
import { settled } from '../draft/settle.ts'
import { environmentOf, packageOf, type Tree } from '../draft/tree.ts'
import { secretHints } from '../draft/variables.ts'
import { errors } from '../errors.ts'
import { applicationsOf, singleApplication, type Application, type Found } from './applications.ts'
import { noService } from './framework.ts'
import { filled } from './placeholders.ts'
import { gracefulShutdownFields, healthFields, loggerFields, metricsFields, runtimeFields, serverFields, telemetryFields, unequalFields, workersFields } from './no-equal.ts'
import { isGateway, routesOf } from './routes.ts'
import { serviceOf } from './service.ts'
import { isRuntime, readWattFile } from './watt-file.ts'

/**
 * @param file the project's configuration, in the tree
 * @param folder name of the tree's own folder
 * @throws WATT_NO_WATT_PROJECT, WATT_PROJECT_EMPTY, and what reading its files throws
 */
export function importWatt (tree: Tree, file: string, folder: string): Draft {
  const environment = environmentOf(tree, '.env') ?? {}
  const used = new Set<string>()
  const fill = (config: Fields): Fields => filled(config, { PLT_ROOT: '.', ...environment }, used) as Fields
  const { runtime, applications, leftOut, unsupported } = projectOf(tree, file, fill)
  if (applications.length === 0) throw errors.WATT_NO_WATT_PROJECT(file, 'it names no application, and autoload finds none')
  const app = appName(textOf(packageOf(tree, '.')?.name), folder)
  const entrypoint = entrypointOf(runtime, applications, unsupported)
  const { routes, unsupported: ofRoutes } = routesOf(tree, runtime, applications, entrypoint)
  unsupported.push(...ofRoutes, ...unequalRuntime(runtime))

  const names = namesOf(applications)
  const draft: Draft = { name: app, head: [], spec: { image: `${app}:latest` }, notes: [], services: [], leftOut: [...leftOut], unsupported }
  for (const application of applications) {
    if (isGateway(application)) {
      draft.leftOut.push(`${application.id} is Watt's gateway: its proxies became routes of the services.`)
      draft.unsupported.push(...ofGateway(application, entrypoint))
      continue
    }
    const not = noService(application)
    if (not !== undefined) {
      draft.leftOut.push(`${application.id} (${application.folder}) is left out: ${not.reason}.`)
      draft.unsupported.push({ path: application.file ?? application.where, value: application.module, ...not })
      continue
    }
    const made = serviceOf(tree, application, { app, runtime, environment, names, routes })
    draft.services.push(made.draft)
    draft.unsupported.push(...made.unsupported)
  }
  addObservability(runtime, draft)
  draft.notes.push({ at: ['image'], text: 'a guess: the name of the image that holds this folder. `wattapp run` takes the folder itself.' })
  draft.head.push(
    `Made by \`wattapp import\` from ${file}. Comments say where each part comes from; \`wattapp validate\` checks it.`,
    ...used.size === 0 ? [] : [`Placeholders were filled from .env: ${[...used].sort().join(', ')}.`],
    'http://ID.plt.local goes on working: each service has it beside http://NAME.internal.',
    ...secretHints(draft.services)
  )
  const done = settled(draft)
  if (done.services.length === 0) throw errors.WATT_PROJECT_EMPTY(folder, done.leftOut.join(' '))
  return done
}

function projectOf (tree: Tree, file: string, fill: (config: Fields) => Fields): Found & { runtime: Fields } {
  const config = fill(readWattFile(tree, file))
  if (isRuntime(config)) return { runtime: config, ...applicationsOf(tree, config, fill) }
  const single = singleApplication(tree, file, config)
  return { runtime: single.runtime, applications: [single.application], leftOut: [], unsupported: [] }
}

/** As Watt finds it: by name, the only application, or the only gateway. */
function entrypointOf (runtime: Fields, applications: readonly Application[], unsupported: Unequal[]): Application | undefined {
  const named = textOf(runtime.entrypoint)
  const gateways = applications.filter(isGateway)
  const found = named !== undefined ? applications.find(({ id }) => id === named) : applications.length === 1 ? applications[0] : gateways.length === 1 ? gateways[0] : undefined
  if (found === undefined) {
    unsupported.push({
      path: 'entrypoint',
      value: named,
      reason: named === undefined ? 'the project names no entrypoint, so nothing says what is reached from outside' : `${named} is no application of this project`,
      remedy: 'write `routes: [{ pathPrefix: / }]` in the service that is'
    })
  }
  return found
}

/** The name on the mesh, by id. @throws WATT_PROJECT_NAME_TWICE */
function namesOf (applications: readonly Application[]): Map<string, string> {
  const names = new Map<string, string>()
  const owners = new Map<string, Application>()
  for (const application of applications) {
    if (isGateway(application) || noService(application) !== undefined) continue
    const name = serviceName(application.id) ?? 'service'
    const owner = owners.get(name)
    if (owner !== undefined) throw errors.WATT_PROJECT_NAME_TWICE(name, `${owner.where} (${owner.id})`, `${application.where} (${application.id})`)
    owners.set(name, application)
    names.set(application.id, name)
  }
  return names
}

function ofGateway (gateway: Application, entrypoint: Application | undefined): Unequal[] {
  const place = gateway.file ?? gateway.where
  const { plugins, server, telemetry } = gateway.config
  return [
    ...gateway === entrypoint ? [] : [{ path: gateway.where, value: gateway.id, reason: 'an app has one gateway, the one that is reached from outside', remedy: 'call the services by their own names' }],
    ...plugins === undefined ? [] : [{ path: `${place}: plugins`, value: plugins, reason: 'no code of an app runs in the gateway', remedy: 'do it in the services, or in one that calls the others by name' }],
    ...server === undefined ? [] : unequalFields(fieldsOf(server), { ...serverFields, logger: 'here' }, `${place}: server.`).map((row) => row.reason === 'this field is not known here' ? { ...row, reason: "it is an option of Watt's Fastify server, and the gateway has its own", remedy: 'see spec.gateway' } : row),
    ...telemetry === undefined ? [] : unequalFields(fieldsOf(telemetry), telemetryFields, `${place}: telemetry.`)
  ]
}

function unequalRuntime (runtime: Fields): Unequal[] {
  return [
    ...unequalFields(runtime, runtimeFields, '').flatMap((row) => row.path === 'scheduler' ? schedules(row) : [row]),
    ...unequalFields(fieldsOf(runtime.server), serverFields, 'server.'),
    ...unequalFields(fieldsOf(runtime.logger), loggerFields, 'logger.'),
    ...unequalFields(fieldsOf(runtime.health), healthFields, 'health.'),
    ...typeof runtime.workers === 'object' ? unequalFields(fieldsOf(runtime.workers), workersFields, 'workers.') : [],
    ...unequalFields(fieldsOf(runtime.metrics), metricsFields, 'metrics.'),
    ...unequalFields(fieldsOf(runtime.telemetry), telemetryFields, 'telemetry.'),
    ...unequalFields(fieldsOf(runtime.gracefulShutdown), gracefulShutdownFields, 'gracefulShutdown.')
  ]
}

/** Each by its name. */
function schedules ({ reason, remedy, value }: Unequal): Unequal[] {
  return listOf(value).map((job, index) => ({ path: `scheduler[${index}]`, value: job, reason, remedy }))
}

const levels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

function addObservability (runtime: Fields, { spec, notes, unsupported }: Draft): void {
  const observability: NonNullable<Spec['observability']> = {}
  const given = textOf(fieldsOf(runtime.logger).level)
  const level = given === 'silent' ? 'fatal' : levels.find((known) => known === given)
  if (level !== undefined) {
    observability.logs = { level }
    notes.push({ at: ['observability', 'logs'], text: given === 'silent' ? 'Watt was silent: fatal lines are the fewest' : 'from logger.level' })
  } else if (given !== undefined) {
    unsupported.push({ path: 'logger.level', value: given, reason: 'this is no level of logs, or a placeholder without a value in .env', remedy: `set observability.logs.level to one of ${levels.join(', ')}` })
  }
  addTracing(fieldsOf(runtime.telemetry), observability, notes, unsupported)
  if (Object.keys(observability).length > 0) spec.observability = observability
}

function addTracing (telemetry: Fields, observability: NonNullable<Spec['observability']>, notes: Draft['notes'], unsupported: Unequal[]): void {
  if (telemetry.enabled === false || telemetry.enabled === 'false') return
  const exporters = [telemetry.exporter].flat().filter((exporter) => exporter !== undefined).map(fieldsOf)
  for (const [index, exporter] of exporters.entries()) {
    const options = fieldsOf(exporter.options)
    const url = textOf(options.url)
    const path = `telemetry.exporter[${index}]`
    if (exporter.type !== 'otlp' || url === undefined) {
      unsupported.push({ path, value: exporter.type, reason: 'traces are sent by OTLP over HTTP alone', remedy: 'send them to a collector that has this exporter' })
    } else if (withoutCredentials(url) !== url) {
      unsupported.push({ path: `${path}.options.url`, value: url, reason: 'credentials do not belong into a manifest, and none are sent to the collector', remedy: 'let a collector in the cluster add them' })
    } else if (observability.tracing !== undefined) {
      unsupported.push({ path, value: url, reason: 'traces are sent to one place', remedy: 'let a collector send them on' })
    } else {
      observability.tracing = { endpoint: url.replace(/\/v1\/traces\/?$/, '').replace(/\/$/, '') }
      notes.push({ at: ['observability', 'tracing'], text: `from ${path}; /v1/traces is added to the endpoint` })
      if (options.protocol === 'grpc' || options.transport === 'grpc') unsupported.push({ path: `${path}.options.protocol`, value: 'grpc', reason: 'traces are sent by OTLP over HTTP alone', remedy: 'name the HTTP port of the collector, 4318 as a rule' })
      if (options.headers !== undefined) unsupported.push({ path: `${path}.options.headers`, value: '(not shown)', reason: 'no headers are sent to the collector', remedy: 'let a collector in the cluster add them' })
    }
  }
}
