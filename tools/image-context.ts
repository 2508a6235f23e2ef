// What goes into an image as /wattapp: the compiled files that its entry reaches, and the packages they import.
// usage: node tools/image-context.ts runtime|operator|build FOLDER     (after `npm run build`)
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import typescript from 'typescript'
import { packageClosure } from '../src/cli/build/package-closure.ts'

interface Image {
  /** What else runs as a thread or a process is found by the URLs that name it. */
  entries: string[]
  /** A file or package whose presence means that an import went astray, and why it matters. */
  never: { match: RegExp, because: string }[]
}

const images: Record<string, Image> = {
  runtime: {
    entries: ['supervisor/main.js'],
    never: [
      { match: /^@kubernetes\//, because: 'an app\'s pod talks to no API server' },
      { match: /^dist\/(operator|cli)\//, because: 'it belongs to another program' }
    ]
  },
  operator: {
    entries: ['operator/main.js'],
    never: [{ match: /^dist\/(supervisor|gateway|runtimes|mesh|cli)\//, because: 'it belongs to another program' }]
  },
  // The whole command: what can be asked on a laptop can be asked where an app is built.
  build: { entries: ['cli/main.js'], never: [] }
}

interface Manifest {
  version: string
  type?: string
  license?: string
  dependencies?: Record<string, string>
}

const top = fileURLToPath(new URL('..', import.meta.url))
const builtin = new Set(builtinModules)

/** The compiled files that the entries reach, and the names of the packages those import. */
export function importClosure (root: string, entries: string[]): { files: Set<string>, packages: Set<string> } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const queue = entries.map((entry) => join(root, 'dist', entry)).filter((entry) => existsSync(entry))
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file)) continue
    files.add(file)
    if (!file.endsWith('.js')) continue
    for (const specifier of specifiersIn(readFileSync(file, 'utf8'))) {
      if (specifier.startsWith('.')) {
        // A thread's URL may still end in .ts: the compiler rewrites imports only.
        const target = resolve(dirname(file), specifier).replace(/\.ts$/, '.js')
        if (existsSync(target)) queue.push(target)
        else if (/\.(js|ts)$/.test(specifier)) throw new Error(`${relative(root, file)} imports ${specifier}, which is not in dist. Run npm run build first.`)
      } else if (!specifier.startsWith('node:') && !builtin.has(specifier)) {
        packages.add(specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/'))
      }
    }
  }
  return { files, packages }
}

function specifiersIn (source: string): string[] {
  const plain = [...source.matchAll(/\b(?:new URL|import\.meta\.resolve)\(\s*['"]([^'"]+)['"]/g)].flatMap(([, url]) => url ?? [])
  // Entries of threads and processes end in what this file itself ends in: `./entry.${…}`.
  const open = [...source.matchAll(/\bnew URL\(\s*`([^`$]+\.)\$\{/g)].flatMap(([, url]) => url === undefined ? [] : [`${url}js`])
  const urls = [...plain, ...open]
  // Compiled files are modules: a `require` in them looks from the folder it was made for, a service's own.
  return [...typescript.preProcessFile(source, true, false).importedFiles.map((file) => file.fileName), ...urls.filter((url) => url.startsWith('.'))]
}

/** Folders of the named packages and of all they depend on. */
export function packageFolders (root: string, names: Iterable<string>): string[] {
  const { packages, missing: [missing] } = packageClosure([{ from: root, names }])
  if (missing !== undefined) throw new Error(`${missing.name}, which ${relative(root, missing.from) || 'dist'} imports, is not in node_modules. Run npm ci first.`)
  return [...packages.keys()].filter((folder) => folder !== root)
}

function manifestOf (folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/**
 * Writes an image's /wattapp into a folder, which is emptied first.
 * Throws when the entry reaches something that must not be in that image.
 */
export function writeImageContext (root: string, name: string, target: string): { files: number, packages: string[] } {
  const image = images[name]
  if (image === undefined) throw new Error(`There is no image ${name}. There are: ${Object.keys(images).join(', ')}.`)
  const [main = ''] = image.entries
  if (!existsSync(join(root, 'dist', main))) throw new Error(`dist/${main} is missing. Run npm run build first.`)

  const { files, packages } = importClosure(root, image.entries)
  const folders = packageFolders(root, packages)
  const names = [...folders].map((folder) => folder.split(`node_modules${sep}`).at(-1) ?? folder)
  for (const { match, because } of image.never) {
    const astray = [...[...files].map((file) => relative(root, file)), ...names].find((candidate) => match.test(candidate))
    if (astray !== undefined) throw new Error(`The ${name} image would hold ${astray}; it must not: ${because}.`)
  }

  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  for (const file of files) cpSync(file, join(target, relative(root, file)))
  const home = dirname(realpathSync(join(root, 'node_modules')))
  for (const folder of folders) {
    cpSync(folder, join(target, relative(home, folder)), {
      recursive: true,
      // Types and source maps are half the bytes. A nested node_modules holds other packages: those that are needed come by themselves.
      filter: (path) => !/\.(d\.[cm]?ts|map)$/.test(path) && !path.slice(folder.length).includes(`${sep}node_modules`)
    })
  }
  const { version, type, license, dependencies = {} } = manifestOf(root)
  const used = Object.fromEntries(Object.entries(dependencies).filter(([dependency]) => packages.has(dependency)))
  writeFileSync(join(target, 'package.json'), `${JSON.stringify({ name: 'wattapp', version, type, license, dependencies: used }, null, 2)}\n`)
  return { files: files.size, packages: names.sort() }
}

if (import.meta.main) {
  const [name, target] = process.argv.slice(2)
  if (name === undefined || target === undefined || !(name in images)) {
    console.error(`usage: node tools/image-context.ts ${Object.keys(images).join('|')} FOLDER`)
    process.exit(2)
  }
  try {
    const { files, packages } = writeImageContext(top, name, resolve(target))
    console.log(`${name}: ${files} files, ${packages.length} packages in ${target}`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}
