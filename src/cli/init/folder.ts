// A folder → a draft of a WattApp: a Watt project, a compose file, a workspace or a package, whichever is there first. Pure but for the tree.
import type { Draft, ServiceDraft } from '../draft/draft.ts'
import { fieldsOf, textOf } from '../draft/loose.ts'
import { appName, serviceName } from '../draft/names.ts'
import { settled } from '../draft/settle.ts'
import { environmentOf, packageOf, type Tree } from '../draft/tree.ts'
import { addVariables, secretHints, type Given } from '../draft/variables.ts'
import { errors } from '../errors.ts'
import { findWattFile } from '../import/watt-file.ts'
import { importWatt } from '../import/watt.ts'
import { composeFileOf, composeServices } from './compose.ts'
import { guessRoutes, type Candidate } from './guess-routes.ts'
import { kindOf } from './kind.ts'
import { packagesBelow, packagesOf, type Package } from './workspace.ts'

export interface FoundServices { candidates: Candidate[], leftOut: string[], unsupported: Draft['unsupported'] }

/** @throws WATT_PROJECT_EMPTY, WATT_PROJECT_NAME_TWICE, WATT_PROJECT_FILE_BROKEN */
export function initFolder (tree: Tree, folder: string): Draft {
  const watt = findWattFile(tree, '.')
  if (watt !== undefined) return importWatt(tree, watt, folder)

  const name = appName(textOf(packageOf(tree, '.')?.name), folder)
  const compose = composeFileOf(tree)
  const ofCompose = compose === undefined ? undefined : composeServices(tree, compose, name)
  // A compose file with nothing but databases is beside a workspace, not instead of it.
  const isCompose = ofCompose !== undefined && ofCompose.candidates.length > 0
  const { found, ...made } = isCompose ? { found: compose, ...ofCompose } : ofFolders(tree, name)
  const leftOut = [...made.leftOut, ...isCompose ? [] : ofCompose?.leftOut ?? []]
  if (made.candidates.length === 0) throw errors.WATT_PROJECT_EMPTY(folder, leftOut.join(' ') || 'no package.json, compose file, Watt project, program or index.html')
  refuseTwins(made.candidates)
  guessRoutes(made.candidates)

  const services = made.candidates.map(({ draft }) => draft)
  const done = settled({
    name,
    head: [
      `Made by \`wattapp init\` from ${found}. Comments say why; change what is guessed wrong, \`wattapp validate\` checks it.`,
      ...secretHints(services)
    ],
    spec: { image: `${name}:latest` },
    notes: [{ at: ['image'], text: 'a guess: the name of the image that holds this folder. `wattapp run` takes the folder itself.' }],
    services,
    leftOut,
    unsupported: [...made.unsupported, ...isCompose ? [] : ofCompose?.unsupported ?? []]
  })
  if (done.services.length === 0) throw errors.WATT_PROJECT_EMPTY(folder, done.unsupported.map(({ reason }) => reason).join('; '))
  return done
}

/** A root that only starts the folders below it (`concurrently`) is none. */
function ofFolders (tree: Tree, app: string): FoundServices & { found: string } {
  const { found, packages } = packagesOf(tree)
  const made = ofPackages(tree, packages, app)
  const isRootAlone = packages.length === 1 && packages[0]?.folder === '.'
  if (made.candidates.length > 0 || !isRootAlone) return { found, ...made }
  const below = packagesBelow(tree)
  const ofBelow = ofPackages(tree, below.packages, app)
  return below.packages.length > 0 && ofBelow.candidates.length > 0 ? { found: below.found, ...ofBelow } : { found, ...made }
}

function ofPackages (tree: Tree, given: readonly Package[], app: string): FoundServices {
  // A folder without any package.json may still hold a program or a page.
  const packages = given.length > 0 ? given : [{ folder: '.', json: undefined }]
  const found: FoundServices = { candidates: [], leftOut: [], unsupported: [] }
  const services = packages.flatMap((one) => {
    const own = textOf(one.json?.name)
    const dependents = packages.filter(({ json }) => own !== undefined && own in { ...fieldsOf(json?.dependencies), ...fieldsOf(json?.devDependencies) }).map(({ folder, json }) => textOf(json?.name) ?? folder)
    const kind = kindOf(tree, one, dependents)
    const shown = own === undefined ? one.folder : `${own} (${one.folder})`
    if (kind.isService) return [{ ...one, kind, shown, name: serviceName(own ?? one.folder.split('/').at(-1) ?? '') ?? (one.folder === '.' ? app : 'service') }]
    if (given.length > 0) found.leftOut.push(`${shown} is left out: ${kind.reason}.`)
    return []
  })
  for (const { folder, kind, shown, name } of services) {
    const draft: ServiceDraft = { service: { name, ...kind.start }, notes: [{ at: [], text: `${shown}: a service, as ${kind.reason}` }, ...kind.notes] }
    const file = folder === '.' ? '.env' : `${folder}/.env`
    const others = services.filter((other) => other.name !== name && other.kind.port !== kind.port).map((other) => ({ name: other.name, port: other.kind.port }))
    const variables = [
      ...Object.entries(environmentOf(tree, file) ?? {}).map(([variable, value]) => ({ name: variable, value, from: file })),
      ...Object.entries(kind.environment).map(([variable, value]) => ({ name: variable, value, from: 'the script' }))
    ].map((variable) => onMesh(variable, others))
    // The port is in the comments already.
    found.unsupported.push(...addVariables(draft, variables.filter((given) => given.name !== 'PORT'), `${app}-${name}-env`))
    found.candidates.push({ draft, isFrontend: kind.isFrontend, isServer: kind.isServer, isPublished: undefined, port: kind.port, proxies: kind.proxies, basePath: kind.basePath, isPages: kind.isPages, source: kind.source })
  }
  return found
}

/** What is for browsers as well must be an address that they can reach. */
const forBrowsers = /^(?:NEXT_PUBLIC|VITE|PUBLIC|REACT_APP|NUXT_PUBLIC|GATSBY|EXPO_PUBLIC)_/

/** `http://localhost:4000` of another service → `http://api.internal`: no port is opened. */
function onMesh (variable: Given, others: ReadonlyArray<{ name: string, port: number | undefined }>): Given {
  const { name, value, from } = variable
  if (value === undefined || forBrowsers.test(name)) return variable
  const called = value.replaceAll(/\bhttps?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):(\d{2,5})\b/g, (whole, port: string) => {
    const [service, twin] = others.filter((other) => other.port === Number(port))
    return service === undefined || twin !== undefined ? whole : `http://${service.name}.internal`
  })
  return called === value ? variable : { ...variable, value: called, note: `from ${from}: ${value}, by its name on the mesh` }
}

function refuseTwins (candidates: readonly Candidate[]): void {
  for (const [index, { draft: { service } }] of candidates.entries()) {
    const twin = candidates.slice(0, index).find((other) => other.draft.service.name === service.name)
    if (twin !== undefined) throw errors.WATT_PROJECT_NAME_TWICE(service.name, twin.draft.service.path, service.path)
  }
}
