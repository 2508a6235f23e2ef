// What an app's image depends on: the manifest, the packages around it, and how they are installed. Pure but for the tree.
import type { WattApp } from '../../api/wattapp.ts'
import { folderOfPackage } from '../../api/package-path.ts'
import { fieldsOf, inside } from '../draft/loose.ts'
import { environmentOf, packageOf, type Tree } from '../draft/tree.ts'
import { errors } from '../errors.ts'
import type { Project } from '../project/base.ts'
import { upwards } from '../project/package-manager.ts'
import { installsOf, type Install } from './installs.ts'
import { managerPackage } from './toolchain.ts'

export interface ImageFacts {
  app: string
  /** `spec.image`. */
  tag: string
  /** The manifest, relative to the project's base, and which of its apps where it has several. */
  manifest: string
  choice: string | undefined
  installs: Install[]
  /** Of package managers, for npm to install: `pnpm@10.2.0`. */
  toolchain: string[]
  /** Names of variables that frameworks write into pages, and that a file knows which stays outside. */
  pageVariables: string[]
  /** Texts of .gitignore files, by their folder. */
  gitignores: ReadonlyArray<{ folder: string, text: string }>
  /** Variables that have the same secret for all builds: keys of a framework. */
  keys: readonly string[]
  /** Names of Secrets that stand in the manifest's file. */
  secrets: readonly string[]
}

export interface AppOnDisk {
  app: WattApp
  /** Relative to the base. */
  manifest: string
  root: string
  choice: string | undefined
  keys?: readonly string[]
  secrets?: readonly string[]
}

/** @throws WATT_IMAGE_NOT_NEEDED, WATT_YARN_PNP, WATT_PACKAGE_NOT_DEPENDENCY */
export function imageFacts ({ app, manifest, root, choice, keys = [], secrets = [] }: AppOnDisk, project: Pick<Project, 'tree' | 'isWorkspace' | 'packages'>): ImageFacts {
  const { tree, packages } = project
  const { source, image, services } = app.spec
  if (source?.configMap !== undefined) throw errors.WATT_IMAGE_NOT_NEEDED(app.metadata.name, source.configMap.name)
  for (const { name, path } of services) requireDependency(tree, name, path, root)

  const folders = services.map(({ path }) => inside(root, folderOfPackage(path) ?? path) ?? root)
  const installs = installsOf(project, [...new Set([root, ...folders].flatMap((folder) => nearestPackage(tree, folder, root) ?? []))])
  const around = [...new Set([root, ...packages.map(({ folder }) => folder), ...folders].flatMap(upwards))].sort()
  return {
    app: app.metadata.name,
    tag: image ?? app.metadata.name,
    manifest,
    choice,
    installs,
    toolchain: [...new Set(installs.flatMap(({ manager }) => managerPackage(manager, tree.text(manager.lockfile ?? '') ?? '') ?? []))].sort(),
    pageVariables: [...new Set([root, ...folders].flatMap((folder) => pageVariablesOf(tree, folder)))].sort(),
    gitignores: around.flatMap((folder) => {
      const text = tree.text(inside(folder, '.gitignore') ?? '')
      return text === undefined ? [] : [{ folder, text }]
    }),
    keys,
    secrets
  }
}

/** What is installed by hand on this machine is on no other. */
function requireDependency (tree: Tree, service: string, path: string, root: string): void {
  const above = folderOfPackage(path)
  if (above === undefined) return
  const name = path.replace(/\/$/, '').slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const folder = inside(root, above) ?? root
  const places = upwards(folder).map((one) => packageOf(tree, one)).filter((json) => json !== undefined)
  if (places.some((json) => name in fieldsOf(json.dependencies) || name in fieldsOf(json.optionalDependencies))) return
  throw errors.WATT_PACKAGE_NOT_DEPENDENCY(service, name, inside(folder, 'package.json') ?? 'package.json', places.some((json) => name in fieldsOf(json.devDependencies)) ? 'a development dependency' : 'no dependency')
}

function nearestPackage (tree: Tree, folder: string, root: string): string | undefined {
  return upwards(folder).find((one) => (root === '.' || one === root || one.startsWith(`${root}/`)) && packageOf(tree, one) !== undefined)
}

const environmentFiles = ['.env', '.env.local', '.env.production', '.env.production.local']

function pageVariablesOf (tree: Tree, folder: string): string[] {
  return environmentFiles.flatMap((name) => Object.keys(environmentOf(tree, inside(folder, name) ?? '') ?? {})).filter((name) => /^(NEXT_PUBLIC|VITE|PUBLIC|NUXT_PUBLIC|REACT_APP|GATSBY)_/.test(name))
}

/** What a person should know. */
export function notesOf ({ manifest, installs, pageVariables, toolchain, keys, secrets }: ImageFacts): string[] {
  return [
    ...installs.filter(({ manager }) => manager.lockfile === undefined).map(({ folder, manager: { name } }) =>
      `there is no lockfile in ${folder === '.' ? 'the project' : folder}: two builds of the image may get different packages. Run \`${name === 'npm' ? 'npm install --package-lock-only' : `${name} install`}\` and keep what it writes`),
    ...installs.flatMap(({ needsSources, manager: { name } }) => needsSources === undefined ? [] : [`${needsSources} the sources, so that they are copied before ${name} installs: a change of any file installs again. What only a build needs belongs into the script build`]),
    ...installs.filter(({ manager: { name, version } }) => name !== 'npm' && (version === undefined || version === '')).map(({ manager: { name } }) =>
      `package.json names no version of ${name}: ${toolchain.filter((one) => one.includes(name)).join(', ')} is taken, as its lockfile says. Set \`packageManager\``),
    ...installs.flatMap(({ secretFiles }) => secretFiles).map((file) => `${file} holds a token: it stays out of every layer, and is lent to the build as a secret. Better name a variable there: \`\${NPM_TOKEN}\``),
    ...keys.map((name) => `pages of one image work on the next only when ${name} is the same for both: make it once (\`openssl rand -base64 32\`), keep it as a secret, and have it in the environment of whoever builds`),
    ...secrets.length === 0 ? [] : [`${manifest} holds the ${secrets.length === 1 ? 'Secret' : 'Secrets'} ${secrets.join(', ')}, and is copied into the build stage: keep ${secrets.length === 1 ? 'it' : 'them'} in a file of ${secrets.length === 1 ? 'its' : 'their'} own, outside of the project`],
    ...pageVariables.length === 0 ? [] : [`.env files stay out of the image; their ${pageVariables.join(', ')} ${pageVariables.length === 1 ? 'is an argument' : 'are arguments'} of the build, as frameworks write them into pages`]
  ]
}
