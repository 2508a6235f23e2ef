// One application of a Watt project → one service. Pure but for the tree.
import type { ServiceDraft, Unequal } from '../draft/draft.ts'
import { durationOf, fieldsOf, inside, numberOf, textOf, textsOf, type Fields } from '../draft/loose.ts'
import { addVariables, type Given } from '../draft/variables.ts'
import { environmentOf, type Tree } from '../draft/tree.ts'
import { formatBytes, parseBytes } from '../../api/quantity.ts'
import type { Application } from './applications.ts'
import { addFramework } from './framework.ts'
import { applicationFields, configFields, frameworkSections, healthFields, workersFields, unequalFields } from './no-equal.ts'
import { filled, onlyPlaceholder, placeholdersOf } from './placeholders.ts'
import type { RouteDraft } from './routes.ts'

export interface Surroundings {
  /** Name of the app. */
  app: string
  /** The project's own file, filled. */
  runtime: Fields
  /** Of the project's .env; what every application of Watt sees. */
  environment: Readonly<Record<string, string>>
  /** The name on the mesh, by id; undefined for what is no service. */
  names: ReadonlyMap<string, string>
  routes: ReadonlyMap<string, RouteDraft[]>
}

/** Variables that only Watt reads. */
const ofWatt = /^(PLT_(SERVER|MANAGEMENT|TYPESCRIPT|ROOT|METRICS|DEV)|HOSTNAME$|PORT$)/

export function serviceOf (tree: Tree, application: Application, around: Surroundings): { draft: ServiceDraft, unsupported: Unequal[] } {
  const { id, folder, fields, config, where, file } = application
  const name = around.names.get(id) ?? id
  const draft: ServiceDraft = { service: { name, path: folder }, notes: [{ at: [], text: `${where} of the Watt project` }] }
  const { service, notes } = draft
  const unsupported: Unequal[] = []
  if (name !== id.toLowerCase()) {
    unsupported.push({ path: `${where}.id`, value: id, reason: `the id is no DNS label, or belongs to the pod: the service is named ${name}`, remedy: `call it as http://${name}.plt.local` })
    notes.push({ at: ['name'], text: `was ${id}` })
  }
  const routes = around.routes.get(id) ?? []
  if (routes.length > 0) {
    service.routes = routes.map(({ route }) => ({ ...route }))
    notes.push(...routes.map(({ note }, index) => ({ at: ['routes', index], text: note })))
  }
  const args = textsOf(fields.arguments)
  if (args.length > 0) service.args = args
  unsupported.push(...addFramework(tree, application, draft))
  addWorkers(around.runtime, fields, draft, where, unsupported)
  addMemory(around.runtime, fields, draft)
  addDependencies(application, around, draft, unsupported)
  unsupported.push(...unequalFields(fieldsOf(fields.health), healthFields, `${where}.health.`))
  const startTimeout = durationOf(around.runtime.startTimeout)
  if (startTimeout !== undefined) service.startTimeout = startTimeout
  const shutdown = fieldsOf(around.runtime.gracefulShutdown)
  const drainTimeout = durationOf(shutdown.application ?? shutdown.service)
  if (drainTimeout !== undefined) {
    service.drainTimeout = drainTimeout
    notes.push({ at: ['drainTimeout'], text: `from gracefulShutdown.${shutdown.application === undefined ? 'service' : 'application'}` })
  }
  const delay = durationOf(fields.restartOnError)
  if (delay !== undefined && numberOf(fields.restartOnError) !== 0) {
    service.restart = { backoff: { initial: delay } }
    notes.push({ at: ['restart'], text: 'from restartOnError; the delay doubles up to 30s' })
  }
  unsupported.push(...addEnvironment(tree, application, around, draft))
  unsupported.push(...unequalFields(fields, applicationFields, `${where}.`))
  if (fields.restartOnError === false || fields.restartOnError === 0) {
    unsupported.push({ path: `${where}.restartOnError`, value: fields.restartOnError, reason: 'a worker that ended is always started again', remedy: 'set restart.limit: past it, callers get 503 at once and the app is Degraded' })
  }
  const place = file === undefined ? '' : `${file}: `
  unsupported.push(...unequalFields(config, configFields, place))
  for (const [section, verdicts] of Object.entries(frameworkSections)) unsupported.push(...unequalFields(section.split('.').reduce((inner, field) => fieldsOf(inner[field]), config), verdicts, `${place}${section}.`))
  return { draft, unsupported }
}

function addWorkers (runtime: Fields, fields: Fields, { service, notes }: ServiceDraft, where: string, unsupported: Unequal[]): void {
  const scaler = fieldsOf(runtime.verticalScaler)
  const ofScaler = Object.keys(scaler).length === 0 ? {} : { dynamic: scaler.enabled !== false, minimum: scaler.minWorkers, maximum: scaler.maxWorkers ?? scaler.maxTotalWorkers }
  const ofApp = fieldsOf(fieldsOf(scaler.applications)[textOf(fields.id) ?? ''])
  const given = { ...ofScaler, ...workersOf(runtime.workers), ...(ofApp.minWorkers !== undefined && { minimum: ofApp.minWorkers }), ...(ofApp.maxWorkers !== undefined && { maximum: ofApp.maxWorkers }), ...workersOf(fields.workers) } as Fields
  const [minimum, maximum] = [numberOf(given.minimum), numberOf(given.maximum)]
  // A static number of its own wins over what the project scales by.
  if (given.dynamic === true && workersOf(fields.workers).static === undefined) {
    const [min, max] = [Math.min(minimum ?? 1, maximum ?? Infinity), Math.max(minimum ?? 1, maximum ?? 1)]
    service.workers = { min, ...(maximum !== undefined && { max }) }
    if (maximum === undefined) notes.push({ at: ['workers'], text: 'Watt goes up to the number of processors of the machine; write `max` for that' })
  } else {
    const number = numberOf(given.static) ?? minimum
    if (number !== undefined && number !== 1) service.workers = { min: number }
  }
  for (const value of [fields.workers, fieldsOf(fields.workers).static, fieldsOf(fields.workers).minimum, fieldsOf(fields.workers).maximum]) {
    if (typeof value === 'string' && numberOf(value) === undefined) unsupported.push({ path: `${where}.workers`, value, reason: 'this is no number, or a placeholder without a value in .env', remedy: 'write `workers: { min: NUMBER }`' })
  }
  if (typeof fields.workers === 'object') unsupported.push(...unequalFields(fieldsOf(fields.workers), workersFields, `${where}.workers.`))
}

export function workersOf (workers: unknown): Fields {
  return typeof workers === 'object' ? fieldsOf(workers) : numberOf(workers) === undefined ? {} : { static: workers, dynamic: false }
}

function addMemory (runtime: Fields, fields: Fields, { service, notes }: ServiceDraft): void {
  const given = fieldsOf(fields.health).maxHeapTotal ?? fieldsOf(runtime.health).maxHeapTotal
  const bytes = numberOf(given) ?? (typeof given === 'string' ? parseBytes(given.trim().replace(/\s*([KMGT])i?B?$/i, (_, unit: string) => `${unit.toUpperCase()}i`)) : undefined)
  if (bytes === undefined) return
  // Whole MiB: what is not divisible would be a long row of digits.
  service.memory = formatBytes(Math.max(1, Math.ceil(bytes / 2 ** 20)) * 2 ** 20)
  notes.push({ at: ['memory'], text: 'from health.maxHeapTotal, which bounds the heap alone: here Buffers count too' })
}

function addDependencies ({ fields, where }: Application, { names }: Surroundings, { service }: ServiceDraft, unsupported: Unequal[]): void {
  const known: string[] = []
  for (const [index, id] of textsOf(fields.dependencies).entries()) {
    const name = names.get(id)
    if (name === undefined) unsupported.push({ path: `${where}.dependencies[${index}]`, value: id, reason: `${id} is no service of the app`, remedy: 'nothing, when it was the gateway; else see why it was left out' })
    else if (name !== service.name && !known.includes(name)) known.push(name)
  }
  if (known.length > 0) service.dependsOn = known
}

/** From the least to the most telling, as Watt lets them win: .env of the project, the application's own, env of the project, the application's own. */
function addEnvironment (tree: Tree, { fields, folder, where, config, module, file: place }: Application, { app, runtime, environment }: Surroundings, draft: ServiceDraft): Unequal[] {
  const envfile = textOf(fields.envfile)
  const file = inside(envfile ?? `${folder}/.env`)
  const own = file === undefined ? undefined : environmentOf(tree, file)
  const isRoot = file === '.env'
  const all = { ...environment, ...own }
  const ofFile = (values: Readonly<Record<string, string>>, from: string, note?: string): Given[] =>
    Object.entries(values).filter(([name]) => !ofWatt.test(name)).map(([name, value]) => ({ name, value, from, ...(note !== undefined && { note }) }))
  const given = [...ofFile(environment, '.env, which Watt gives to every application'), ...isRoot ? [] : ofFile(own ?? {}, file ?? '')]
  for (const [from, values] of [['env', fieldsOf(runtime.env)], [`${where}.env`, fieldsOf(fields.env)]] as const) {
    for (const [name, raw] of Object.entries(values)) given.push(entryOf(name, raw, from, all))
  }
  const cache = fieldsOf(config.cache)
  // The shared cache of pages is the runtime's, wherever Watt's was.
  if (module === 'next' && textOf(cache.url) !== undefined && cache.enabled !== false) given.push(entryOf('NEXT_CACHE_URL', String(cache.url).replace(/^valkey(s?):/, 'redis$1:'), `${place ?? where}: cache.url`, all))
  const secret = `${app}-env`
  const unsupported = addVariables(draft, given, secret)
  for (const [index, variable] of (draft.service.env ?? []).entries()) {
    // A value of the application's own file must not take the place of one that others have under the same name.
    const reference = variable.valueFrom?.secretKeyRef
    if (reference === undefined || isRoot || own === undefined || !Object.hasOwn(own, reference.key) || fieldsOf(fields.env)[variable.name] !== undefined || fieldsOf(runtime.env)[variable.name] !== undefined) continue
    draft.service.env?.splice(index, 1, { name: variable.name, valueFrom: { secretKeyRef: { ...reference, name: `${app}-${draft.service.name}-env` } } })
  }
  if (envfile !== undefined && own === undefined) unsupported.push({ path: `${where}.envfile`, value: envfile, reason: 'there is no such file here', remedy: 'write its variables into `env`, secrets as valueFrom' })
  return unsupported
}

function entryOf (name: string, raw: unknown, from: string, env: Readonly<Record<string, string>>): Given {
  const text = typeof raw === 'string' ? raw : JSON.stringify(raw) ?? ''
  const names = placeholdersOf(text)
  if (names.length === 0) return { name, value: text, from }
  const only = onlyPlaceholder(text)
  const value = String(filled(text, env, new Set()))
  const isKnown = placeholdersOf(value).length === 0 && names.every((placeholder) => Object.hasOwn(env, placeholder))
  if (isKnown) return { name, value, from: `${from}: ${text} with .env`, ...(only !== undefined && { key: only }) }
  return {
    name,
    value: undefined,
    from,
    ...(only !== undefined && { key: only }),
    note: only !== undefined ? `from ${from}: ${text} of the environment` : `from ${from}: ${text}; nothing is expanded here, so the Secret holds the whole value`
  }
}
