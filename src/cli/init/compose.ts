// The Node.js services of a compose file (https://github.com/compose-spec/compose-spec): what each says that a service can say too. Pure but for the tree.
import type { Draft, ServiceDraft } from '../draft/draft.ts'
import { programOf } from '../draft/command.ts'
import { ownEntry } from '../draft/entry.ts'
import { fieldsOf, inside, listOf, numberOf, textOf, textsOf, type Fields } from '../draft/loose.ts'
import { serviceName } from '../draft/names.ts'
import { environmentOf, packageOf, type Tree } from '../draft/tree.ts'
import { addVariables, type Given } from '../draft/variables.ts'
import { formatBytes, parseBytes } from '../../api/quantity.ts'
import { errors } from '../errors.ts'
import { composeCommand, type ComposeCommand } from './compose-command.ts'
import type { Candidate } from './guess-routes.ts'
import type { FoundServices } from './folder.ts'
import { kindOf } from './kind.ts'
import { packagesOf, yamlOf } from './workspace.ts'

/** In the order that `docker compose` looks for them. */
const files = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']

export function composeFileOf (tree: Tree): string | undefined {
  return files.find(tree.has)
}

/** @throws WATT_PROJECT_FILE_BROKEN, WATT_PROJECT_NAME_TWICE */
export function composeServices (tree: Tree, file: string, app: string): FoundServices {
  const found: FoundServices = { candidates: [], leftOut: [], unsupported: [] }
  const all = fieldsOf(fieldsOf(yamlOf(tree, file)).services)
  const kept = new Map<string, { name: string, fields: Fields, reason: string, runs: ComposeCommand }>()
  const { packages } = packagesOf(tree)
  for (const [id, given] of Object.entries(all)) {
    const fields = fieldsOf(given)
    const place = folderOf(tree, fields)
    if ('not' in place) {
      found.leftOut.push(`${id} of ${file} is left out: ${place.not}.`)
      continue
    }
    const profiles = textsOf(fields.profiles)
    if (profiles.length > 0) {
      found.leftOut.push(`${id} of ${file} is left out: \`docker compose up\` starts it only with the profile ${profiles.join(' or ')}.`)
      continue
    }
    const runs = composeCommand(tree, fields, place.folder, packages)
    const name = serviceName(id) ?? 'service'
    const twin = [...kept].find(([, other]) => other.name === name)
    if (twin !== undefined) throw errors.WATT_PROJECT_NAME_TWICE(name, `${twin[0]} of ${file}`, `${id} of ${file}`)
    kept.set(id, { name, fields, reason: runs.folder === place.folder ? place.reason : `${runs.from} starts the package ${runs.folder}`, runs })
  }
  const environment = environmentOf(tree, '.env') ?? {}
  for (const [id, { name, fields, reason, runs }] of kept) {
    const { folder } = runs
    const draft: ServiceDraft = { service: { name, path: folder }, notes: [{ at: [], text: `${id} of ${file}: a service, as ${reason}` }] }
    const { candidate, environment: ofCommand } = candidateOf(tree, runs, fields, draft)
    found.candidates.push(candidate)
    found.unsupported.push(...addCompose(tree, id, folder, fields, draft, { app, file, environment, ofCommand, names: new Map([...kept].map(([other, own]) => [other, own.name])) }))
  }
  return found
}

/** The folder that holds the code, or why there is none. */
function folderOf (tree: Tree, fields: Fields): { folder: string, reason: string } | { not: string } {
  const build = textOf(fields.build) ?? textOf(fieldsOf(fields.build).context)
  if (build !== undefined || fields.build !== undefined) {
    const context = inside(build ?? '.')
    if (context === undefined) return { not: `its folder ${build ?? ''} is outside of this one` }
    const dockerfile = textOf(fieldsOf(fields.build).dockerfile)
    const own = dockerfile === undefined ? undefined : inside(context, dockerfile, '..')
    // A whole repository as context: the Dockerfile stands beside the code.
    const folder = [own, context].find((candidate) => candidate !== undefined && packageOf(tree, candidate) !== undefined)
    if (folder !== undefined) return { folder, reason: `${folder === '.' ? 'its folder' : folder} has a package.json` }
    return { not: `${context === '.' ? 'its folder' : context} has no package.json, so it is no Node.js program` }
  }
  const image = textOf(fields.image)
  const isNode = image !== undefined && /(^|\/)node(:|@|$)/.test(image)
  const mounted = listOf(fields.volumes).map((volume) => textOf(volume)?.split(':')[0] ?? textOf(fieldsOf(volume).source)).map((source) => source?.startsWith('.') === true ? inside(source) : undefined)
    .find((folder) => folder !== undefined && packageOf(tree, folder) !== undefined)
  if (isNode && mounted !== undefined) return { folder: mounted, reason: `image ${image} runs ${mounted}` }
  if (image !== undefined && /(^|\/)(nginx|traefik|caddy|haproxy|envoy|httpd|kong)(-[\w-]+)?(:|@|$)/.test(image)) return { not: `image ${image} hands requests to the others, which the gateway does by their routes` }
  return { not: image === undefined ? 'it has neither build nor image' : isNode ? `image ${image} runs no folder of this project` : `image ${image} is no Node.js program of this project; it stays where it is, as a Deployment or a managed service` }
}

/** `environment`: what its command or its script sets. */
function candidateOf (tree: Tree, { folder, command, from }: ComposeCommand, fields: Fields, draft: ServiceDraft): { candidate: Candidate, environment: Readonly<Record<string, string>> } {
  const json = packageOf(tree, folder)
  const kind = kindOf(tree, { folder, json }, [])
  const program = command === undefined ? undefined : programOf(command, json)
  const ports = listOf(fields.ports).map(portOf)
  if (kind.isService) {
    Object.assign(draft.service, kind.start)
    draft.notes.push(...kind.notes)
  }
  if (program !== undefined) {
    // Without an entry the whole start script holds, its arguments included.
    if (program.args.length > 0 || program.entry !== (draft.service.entry ?? ownEntry(tree, folder, json))) {
      draft.service.entry = program.entry
      draft.notes.push({ at: ['entry'], text: `from ${from}: ${command}` })
    }
    if (program.args.length > 0) draft.service.args = program.args
  } else if (command !== undefined && !kind.isService) {
    draft.notes.push({ at: [], text: `No plain start of a file is ${from}, write its file as \`entry\`: ${command}` })
  }
  const isServer = ports.length > 0 || listOf(fields.expose).length > 0 || (kind.isService ? kind.isServer : true)
  const { isFrontend, port, proxies, basePath, environment, isPages, source } = kind.isService ? kind : { isFrontend: false, port: undefined, proxies: [], basePath: undefined, environment: {}, isPages: false, source: '' }
  return {
    candidate: { draft, isFrontend, isServer, isPublished: ports.length > 0, port: ports.find((published) => published !== undefined) ?? port, proxies, basePath, isPages, source },
    environment: program?.env ?? environment
  }
}

interface Around { app: string, file: string, environment: Readonly<Record<string, string>>, ofCommand: Readonly<Record<string, string>>, names: ReadonlyMap<string, string> }

function addCompose (tree: Tree, id: string, folder: string, fields: Fields, draft: ServiceDraft, { app, file, environment, ofCommand, names }: Around): Draft['unsupported'] {
  const { service, notes } = draft
  const from = `services.${id}`
  const given: Given[] = []
  for (const entry of [fields.env_file].flat()) {
    const path = inside(textOf(entry) ?? textOf(fieldsOf(entry).path) ?? '')
    const values = path === undefined ? undefined : environmentOf(tree, path)
    for (const [name, value] of Object.entries(values ?? {})) given.push({ name, value, from: path ?? '' })
  }
  for (const [name, raw] of entriesOf(fields.environment)) {
    const value = raw === undefined ? environment[name] : interpolated(raw, environment)
    const called = value === undefined ? undefined : meshed(value, names)
    // Without a value it is that of the shell, if that has one.
    given.push({ name, value: called ?? value, from: `${from}.environment`, ...(raw === undefined && { isOptional: true }), ...(called !== undefined && called !== value && { note: `from ${from}.environment: ${raw ?? ''}, by its name on the mesh` }) })
  }
  for (const [name, value] of Object.entries(ofCommand)) given.push({ name, value, from: 'what starts it' })
  const unsupported = addVariables(draft, given.filter(({ name }) => name !== 'PORT'), `${app}-${service.name}-env`)
  const dependsOn = (Array.isArray(fields.depends_on) ? listOf(fields.depends_on) : Object.keys(fieldsOf(fields.depends_on))).flatMap((other) => names.get(String(other)) ?? []).filter((other) => other !== service.name)
  if (dependsOn.length > 0) service.dependsOn = [...new Set(dependsOn)]
  const replicas = numberOf(fieldsOf(fields.deploy).replicas) ?? numberOf(fields.scale)
  if (replicas !== undefined && replicas > 1) {
    service.workers = { min: replicas }
    notes.push({ at: ['workers'], text: 'from its replicas: workers of one pod; spec.replicas makes pods' })
  }
  const limit = textOf(fieldsOf(fieldsOf(fieldsOf(fields.deploy).resources).limits).memory) ?? textOf(fields.mem_limit)
  const bytes = limit === undefined ? undefined : parseBytes(limit.trim().replace(/\s*([kmg])i?b?$/i, (_, unit: string) => `${unit === 'k' ? 'K' : unit.toUpperCase()}i`))
  if (bytes !== undefined) {
    service.memory = formatBytes(bytes)
    notes.push({ at: ['memory'], text: 'from its memory limit: of one worker, heap and Buffers' })
  }
  addHealth(fieldsOf(fields.healthcheck), draft)
  for (const field of ['volumes', 'secrets', 'configs'] as const) {
    // The mount of the code itself says where the code is, and the image holds it.
    const left = listOf(fields[field]).filter((volume) => !(textOf(volume)?.startsWith('.') === true && inside(textOf(volume)?.split(':')[0] ?? '') === folder))
    if (left.length > 0) unsupported.push({ path: `${file}: ${from}.${field}`, value: left, reason: 'volumes belong to the pod, not to one service', remedy: 'write podTemplate.volumes and volumeMounts; secrets of variables go into `env` with valueFrom' })
  }
  return unsupported
}

function addHealth (check: Fields, { service, notes }: ServiceDraft): void {
  const test = Array.isArray(check.test) ? check.test.join(' ') : textOf(check.test) ?? ''
  const path = /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d+)?(\/[\w./~-]*)?/.exec(test)
  if (path === null || check.disable === true) return
  const [interval, timeout] = [durationText(check.interval), durationText(check.timeout)]
  const retries = numberOf(check.retries)
  service.health = { path: path[1] ?? '/', ...(interval !== undefined && { interval }), ...(timeout !== undefined && { timeout }), ...(retries !== undefined && { failureThreshold: retries }) }
  notes.push({ at: ['health'], text: `from its healthcheck: ${test}` })
}

/** Compose and Gateway API write durations alike, but for `us`. */
function durationText (value: unknown): string | undefined {
  const text = textOf(value)
  return text !== undefined && /^(\d{1,5}(h|m|s|ms))+$/.test(text) ? text : undefined
}

/** The container's port of `8080:3000`, `127.0.0.1:80:3000/tcp` or the long form. */
function portOf (port: unknown): number | undefined {
  return numberOf(fieldsOf(port).target ?? String(port).replace(/\/\w+$/, '').split(':').at(-1))
}

/** A map or a list of NAME=value; without a value it is that of the shell. */
function entriesOf (environment: unknown): Array<[string, string | undefined]> {
  if (!Array.isArray(environment)) return Object.entries(fieldsOf(environment)).map(([name, value]) => [name, value === null || value === undefined ? undefined : String(value)])
  return environment.map(String).map((line) => {
    const at = line.indexOf('=')
    return at === -1 ? [line, undefined] : [line.slice(0, at), line.slice(at + 1)]
  })
}

/** `${NAME}`, `${NAME:-default}`, `$NAME`, `$$`; undefined when a name has no value. */
function interpolated (text: string, environment: Readonly<Record<string, string>>): string | undefined {
  let isWhole = true
  const value = text.replaceAll(/\$\$|\$\{([A-Za-z_]\w*)(?::?-([^}]*)|:?\?[^}]*)?\}|\$([A-Za-z_]\w*)/g, (whole, braced: string | undefined, otherwise: string | undefined, plain: string | undefined) => {
    if (whole === '$$') return '$'
    const found = environment[braced ?? plain ?? ''] ?? otherwise
    if (found === undefined) isWhole = false
    return found ?? ''
  })
  return isWhole ? value : undefined
}

/** `http://api:3000` of a kept service → `http://api.internal`. */
function meshed (value: string, names: ReadonlyMap<string, string>): string {
  return value.replaceAll(/\b(https?|wss?):\/\/([\w-]+)(:\d+)?(?=[/?#,\s]|$)/g, (whole, scheme: string, host: string) => {
    const name = names.get(host)
    return name === undefined ? whole : `${scheme.replace(/s$/, '')}://${name}.internal`
  })
}
