// `wattapp image`: the files as a reviewer reads them (UPDATE_GOLDEN=1 rewrites them), what is told beside, and what is refused.
import assert from 'node:assert/strict'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { withDefaults } from '../../src/api/defaults.ts'
import { WattError } from '../../src/base/error.ts'
import { packageOf } from '../../src/cli/draft/tree.ts'
import { buildCommand, dockerfileOf } from '../../src/cli/image/dockerfile.ts'
import { dockerignoreOf } from '../../src/cli/image/dockerignore.ts'
import { imageFacts, notesOf, type ImageFacts } from '../../src/cli/image/facts.ts'
import { dockerPatterns } from '../../src/cli/image/ignored.ts'
import { npmRegistry, yarnRegistry, type Registry } from '../../src/cli/image/registry.ts'
import { managerPackage } from '../../src/cli/image/toolchain.ts'
import { packagesOf } from '../../src/cli/init/workspace.ts'
import { packageManagerOf } from '../../src/cli/project/package-manager.ts'
import { treeOf, writeFiles, type Files } from './files.ts'
import { temporaryFolder, wattapp } from './support.ts'

interface Project { manifest?: string, choice?: string, keys?: string[], secrets?: string[], services?: Array<{ name: string, path: string }>, files: Files }

const images = { buildImage: 'wattapp-build:1.0.0', runtimeImage: 'wattapp-runtime:1.0.0' }
/** As settings name one. */
const variable = (name: string): string => `\${${name}}`
const manifestOf = (services: unknown, more = {}): unknown => ({ apiVersion: 'wattapp.dev/v1alpha1', kind: 'WattApp', metadata: { name: 'shop' }, spec: { image: 'registry.example.com/shop:1.4.2', services, ...more } })

function factsOf ({ manifest = 'wattapp.yaml', choice, services = [{ name: 'web', path: '.' }], keys, secrets, files }: Project): ImageFacts {
  const tree = treeOf(files)
  const isWorkspace = tree.has('pnpm-workspace.yaml') || packageOf(tree, '.')?.workspaces !== undefined
  const app = withDefaults(manifestOf(services) as Parameters<typeof withDefaults>[0])
  return imageFacts({ app, manifest, root: dirname(manifest), choice, ...(keys !== undefined && { keys }), ...(secrets !== undefined && { secrets }) }, { tree, isWorkspace, packages: isWorkspace ? packagesOf(tree).packages : [] })
}

const dashes = '-'.repeat(20) + '\n'
const golden = globSync(join(import.meta.dirname, '../golden/image/*.txt'))

test('there are golden files', () => assert.ok(golden.length >= 6))

for (const file of golden) {
  test(`${basename(file)} shows the Dockerfile and what it leaves out`, () => {
    const [input = '', ...expected] = readFileSync(file, 'utf8').split(dashes)
    const facts = factsOf(parse(input) as Project)
    const made = [dockerfileOf(facts, images), dockerignoreOf(facts)]
    if (process.env.UPDATE_GOLDEN === '1') return writeFileSync(file, [input, ...made].join(dashes))
    assert.deepEqual(expected, made)
  })
}

const npm = { 'package.json': { name: 'web' }, 'package-lock.json': {} }

const notes: Record<string, { project: Project, says: RegExp }> = {
  'a project without a lockfile': { project: { files: { 'package.json': {} } }, says: /there is no lockfile in the project: two builds of the image may get different packages\. Run `npm install --package-lock-only`/ },
  'a script that runs at each install': { project: { files: { ...npm, 'package.json': { scripts: { postinstall: 'prisma generate' } } } }, says: /the script postinstall of package\.json may read the sources.* a change of any file installs again/ },
  'a package that pnpm copies': { project: { files: { 'package.json': { dependencies: { ui: 'file:ui' } }, 'ui/package.json': {}, 'pnpm-lock.yaml': '' } }, says: /pnpm copies ui with the sources/ },
  'a manager without a version': { project: { files: { 'package.json': {}, 'pnpm-lock.yaml': "lockfileVersion: '6.0'" } }, says: /no version of pnpm: pnpm@8 is taken/ },
  'a token in the settings': { project: { files: { ...npm, '.npmrc': '//npm.acme.example/:_authToken=abc' } }, says: /^\.npmrc holds a token: it stays out of every layer/m },
  'a key that all builds must have': { project: { files: npm, keys: ['SEAL'] }, says: /pages of one image work on the next only when SEAL is the same for both/ },
  'a Secret beside the app': { project: { files: npm, secrets: ['shop-db'] }, says: /^wattapp\.yaml holds the Secret shop-db, and is copied into the build stage: keep it in a file of its own/ },
  'values for pages in .env files': { project: { files: { ...npm, '.env': 'VITE_TITLE=x\nPASSWORD=y' } }, says: /their VITE_TITLE is an argument of the build/ }
}

for (const [name, { project, says }] of Object.entries(notes)) {
  test(`${name} is told`, () => { assert.match(notesOf(factsOf(project)).join('\n'), says) })
}

test('a project with a lockfile and nothing odd about it is no reason for a word', () => {
  assert.deepEqual(notesOf(factsOf({ files: { ...npm, '.npmrc': 'fund=false', 'package.json': { scripts: { prepare: 'husky', build: 'tsc' } } } })), [])
})

const refused: Record<string, { project: Project, code: string, says: RegExp }> = {
  'the packages of Yarn in archives, which is what it does unless told': {
    project: { files: { 'package.json': { packageManager: 'yarn@4.5.1' }, 'yarn.lock': '' } }, code: 'WATT_YARN_PNP', says: /Plug'n'Play.* \.yarnrc\.yml has no other nodeLinker/
  },
  'a package of the registry that only this machine has': {
    project: { files: npm, services: [{ name: 'files', path: 'node_modules/http-server' }] }, code: 'WATT_PACKAGE_NOT_DEPENDENCY', says: /the package http-server, which is no dependency of package\.json/
  },
  'a package of the registry that production does not get': {
    project: { files: { ...npm, 'package.json': { devDependencies: { '@a/b': '1' } } }, services: [{ name: 'files', path: 'node_modules/@a/b' }] }, code: 'WATT_PACKAGE_NOT_DEPENDENCY', says: /@a\/b, which is a development dependency/
  }
}

for (const [name, { project, code, says }] of Object.entries(refused)) {
  test(`${name}: refused, with a remedy`, () => {
    assert.throws(() => factsOf(project), (thrown) => thrown instanceof WattError && thrown.code === code && says.test(thrown.message) && thrown.hint !== '')
  })
}

const npmrcs: Record<string, { text: string, is: Partial<Registry> }> = {
  'settings without a registry': { text: '# registry=x\n; _authToken=y\nfund = false', is: {} },
  'a mirror': { text: 'registry = "https://npm.acme.example"', is: { isOwn: true } },
  'a scope': { text: '@acme:registry=https://npm.acme.example', is: { isOwn: true } },
  'a token': { text: '//npm.acme.example/:_authToken=npm_abc', is: { hasCredentials: true } },
  'a token from a variable': { text: `//npm.acme.example/:_authToken=${variable('NPM_TOKEN')}`, is: { variables: ['NPM_TOKEN'] } },
  'a password that is put together': { text: `//npm.acme.example/:_password=x${variable('A')}${variable('B-none')}`, is: { hasCredentials: true, variables: ['A', 'B'] } }
}

for (const [name, { text, is }] of Object.entries(npmrcs)) {
  test(`${name} in .npmrc`, () => { assert.deepEqual(npmRegistry(text), { isOwn: false, hasCredentials: false, variables: [], ...is }) })
}

test('Yarn has registries and tokens for scopes', () => {
  assert.deepEqual(yarnRegistry({ nodeLinker: 'node-modules' }), { isOwn: false, hasCredentials: false, variables: [] })
  assert.deepEqual(yarnRegistry({ npmScopes: { acme: { npmRegistryServer: 'https://npm.acme.example', npmAuthToken: variable('ACME_TOKEN:-') } } }), { isOwn: true, hasCredentials: false, variables: ['ACME_TOKEN'] })
  assert.deepEqual(yarnRegistry({ npmRegistries: { '//npm.acme.example': { npmAuthIdent: 'me:secret' } } }), { isOwn: false, hasCredentials: true, variables: [] })
})

const ignores: Record<string, { gitignore: string, folder?: string, patterns: string[] }> = {
  'a name is one at any depth': { gitignore: 'dist', patterns: ['**/dist'] },
  'a folder is one with what is in it, and a file of that name is none': { gitignore: 'build/', patterns: ['**/build/**'] },
  'a path is bound to its folder': { gitignore: '/out\nsrc/generated/', folder: 'apps/web', patterns: ['apps/web/out', 'apps/web/src/generated/**'] },
  'a name of a folder below': { gitignore: '*.tsbuildinfo', folder: 'apps/web', patterns: ['apps/web/**/*.tsbuildinfo'] },
  'what is kept is kept': { gitignore: '*.log\n!important.log', patterns: ['**/*.log', '!**/important.log'] },
  'sets of characters are negated by another sign': { gitignore: 'a[!b]c', patterns: ['**/a[^b]c'] },
  'comments, blanks and whole trees say nothing': { gitignore: '# x\n\n*\n/\n', patterns: [] },
  'a name that begins with a sign': { gitignore: '\\#notes\n**/tmp', patterns: ['**/#notes', '**/tmp'] }
}

for (const [name, { gitignore, folder = '.', patterns }] of Object.entries(ignores)) {
  test(`${name}, to docker as to git`, () => { assert.deepEqual(dockerPatterns(gitignore, folder), patterns) })
}

const managers: Record<string, { files: Files, installs: string | undefined }> = {
  'npm, as the image has it': { files: { 'package-lock.json': '' }, installs: undefined },
  'a version of npm': { files: { 'package.json': { packageManager: 'npm@11.2.0' } }, installs: 'npm@11.2.0' },
  'pnpm by its oldest lockfile': { files: { 'pnpm-lock.yaml': 'lockfileVersion: 5.4' }, installs: 'pnpm@7' },
  'Yarn 1': { files: { 'yarn.lock': '# yarn lockfile v1' }, installs: 'yarn@1' },
  'Yarn 3 by its lockfile': { files: { 'yarn.lock': '__metadata:\n  version: 6' }, installs: '@yarnpkg/cli-dist@3' },
  'Yarn 4 by package.json': { files: { 'package.json': { packageManager: 'yarn@4.5.1' } }, installs: '@yarnpkg/cli-dist@4.5.1' }
}

for (const [name, { files, installs }] of Object.entries(managers)) {
  test(`the build stage gets ${name}`, () => {
    const tree = treeOf(files)
    const manager = packageManagerOf(tree, '.')
    assert.equal(managerPackage(manager, tree.text(manager.lockfile ?? '') ?? ''), installs)
  })
}

test('the command that builds lends what the Dockerfile asks for', () => {
  assert.equal(buildCommand(factsOf({ files: { ...npm, '.npmrc': `//a/:_authToken=${variable('T')}`, '.env': 'VITE_A=1' } })), 'docker build --tag registry.example.com/shop:1.4.2 --secret id=T,env=T --build-arg VITE_A .')
})

test('a workspace has its files at its root, and keeps what somebody else wrote there', async () => {
  await using folder = await temporaryFolder()
  const at = (name: string): string => join(folder.path, name)
  const text = (name: string): string => readFileSync(at(name), 'utf8')
  mkdirSync(at('.git'))
  writeFiles(folder.path, { 'package.json': { workspaces: ['apps/*'] }, 'package-lock.json': {}, 'apps/web/package.json': {}, 'apps/web/wattapp.json': manifestOf([{ name: 'web', path: '.' }]) })
  const image = (...args: string[]): ReturnType<typeof wattapp> => wattapp(['image', 'apps/web/wattapp.json', ...args], { cwd: folder.path })

  const shown = await image()
  assert.equal(shown.code, 0)
  assert.match(shown.stdout, /^==> Dockerfile <==\n# Made by `wattapp image apps\/web\/wattapp\.json`[^]*\n==> \.dockerignore <==\n# Made by `wattapp image`/)
  assert.match(shown.stderr, /^build it: docker build --tag registry\.example\.com\/shop:1\.4\.2 \.$/m)
  assert.ok(!existsSync(at('Dockerfile')))

  const programs = JSON.parse((await image('-o', 'json', '--build-image', 'b:2', '--runtime-image', 'r:2')).stdout) as { dockerfile: string, dockerignore: string, notes: string[] }
  assert.match(programs.dockerfile, /^ARG BUILD_IMAGE=b:2\nARG RUNTIME_IMAGE=r:2$/m)

  writeFileSync(at('.dockerignore'), 'mine\n')
  const kept = await image('--write')
  assert.deepEqual([kept.code, text('.dockerignore'), existsSync(at('Dockerfile'))], [1, 'mine\n', false])
  assert.match(kept.stderr, /^error: \.dockerignore is there already.*\(WATT_IMAGE_FILE_NOT_OURS\)\n {2}remedy: .*--force/)

  assert.equal((await image('--write', '--force')).stdout, 'Dockerfile\n.dockerignore\n')
  const written = text('Dockerfile')
  assert.equal((await image('--write')).code, 0)
  assert.equal(text('Dockerfile'), written)

  writeFileSync(at('Dockerfile'), written.replace('apps/web', 'apps/other'))
  assert.match((await image('--write')).stderr, /WATT_IMAGE_FILE_NOT_OURS/)
})

test('an app that needs no image says so, and standard input has no folder to build from', async () => {
  await using folder = await temporaryFolder()
  writeFiles(folder.path, { 'wattapp.json': { ...manifestOf([{ name: 'a', path: 'a.js' }]) as object, spec: { source: { configMap: { name: 'code' } }, services: [{ name: 'a', path: 'a.js' }] } } })
  const of = async (input: string): Promise<string> => (await wattapp(['image', input], { cwd: folder.path, input: '' })).stderr
  assert.match(await of('wattapp.json'), /needs no image of its own: its code is in the ConfigMap "code".*\(WATT_IMAGE_NOT_NEEDED\)\n {2}remedy: apply the manifest as it is/)
  assert.match(await of('-'), /WATT_IMAGE_WITHOUT_FILE/)
})
