// What the pages for people say must be so: links lead somewhere, manifests are valid, commands exist, and the first example runs.
import assert from 'node:assert/strict'
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { validate } from '../src/api/validate.ts'
import { createOutput } from '../src/cli/output.ts'
import { createProgram } from '../src/cli/program.ts'
import { running, temporaryFolder } from './cli/support.ts'

const root = join(import.meta.dirname, '..')
const pages = globSync(['*.md', '{docs,e2e,examples,src,bench,charts}/**/*.md'], { cwd: root, exclude: ['**/node_modules/**'] }).toSorted()
const sources = globSync('{src,test,tools,e2e,bench}/**/*.ts', { cwd: root, exclude: ['**/node_modules/**'] })
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')

test('there are pages to look at', () => {
  for (const page of ['README.md', 'SECURITY.md', 'docs/getting-started.md', 'examples/shop/README.md', 'e2e/cluster/README.md']) assert.ok(pages.includes(page), page)
})

for (const page of pages) {
  const text = textOf(page)
  const links = linksOf(text)
  const manifests = blocksOf(text, 'yaml').flatMap((block) => parseAllDocuments(block)).filter((document) => document.get('kind') === 'WattApp')
  const named = Array.from(text.matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.ts)`/g), ([, name = '']) => name)
  const lines = blocksOf(text, 'sh').flatMap((block) => block.split('\n'))

  if (links.length > 0) {
    test(`the links of ${page} lead somewhere`, () => {
      assert.deepEqual(links.filter((link) => !leads(page, link)), [])
    })
  }
  if (manifests.length > 0) {
    test(`the WattApps of ${page} are valid`, () => {
      for (const document of manifests) assert.deepEqual([...document.errors, ...validate(document.toJS())], [])
    })
  }
  if (named.length > 0) {
    test(`the files that ${page} names are there`, () => {
      assert.deepEqual(named.filter((name) => !sources.some((file) => `/${file}`.endsWith(`/${name}`))), [])
    })
  }
  if (lines.length > 0) {
    test(`the commands of ${page} exist`, () => {
      assert.deepEqual(lines.flatMap((line) => commandProblems(line.split(/\s#/, 1)[0] ?? '')), [])
    })
  }
}

test('the app of getting-started answers as the page says', { timeout: 60_000 }, async () => {
  const page = textOf('docs/getting-started.md')
  await using folder = await temporaryFolder()
  const files = [...page.matchAll(/`([\w/.-]+)`:\n\n```\w+\n(.*?)```/gs)].map(([, name = '', text = '']) => [name, text] as const)
  assert.deepEqual(files.map(([name]) => name).toSorted(), ['services/api/index.js', 'services/web/index.js', 'wattapp.yaml'])
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true })
    writeFileSync(join(folder.path, name), text)
  }
  await using app = running(['run', 'wattapp.yaml', '--port', '0', '--admin-port', '0'], { cwd: folder.path })
  const [, url = ''] = await app.line(/is on (http:\S+)/)
  assert.match(await (await fetch(url)).text(), /^It is \d{4}-\d\d-\d\dT[\d:.]+Z\n$/)
})

/** Blocks of code of one language; those inside of a list are not indented here. */
function blocksOf (text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block)
}

/** Targets of links and images, without those of code. */
function linksOf (text: string): string[] {
  const prose = text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g), ...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map(([, link = '']) => link)
}

function leads (page: string, link: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return true
  const [path = '', anchor] = decodeURI(link).split('#', 2)
  const target = path === '' ? join(root, page) : join(root, dirname(page), path)
  if (relative(root, target).startsWith('..') || !existsSync(target)) return false
  if (anchor === undefined) return true
  return statSync(target).isFile() && anchorsOf(readFileSync(target, 'utf8')).has(anchor)
}

/** As GitHub makes them of headings; the second of the same gets `-1`. */
function anchorsOf (text: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of text.replace(/^```.*?^```/gms, '').matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    const slug = plain.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')
    let anchor = slug
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`
    anchors.add(anchor)
  }
  return anchors
}

/** Of a line for a shell: commands, options and scripts of ours that are not there. */
function commandProblems (line: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  return line.split(/&&|\||;/).flatMap((part) => {
    const [first, ...words] = part.trim().split(/\s+/)
    const script = first !== 'npm' ? undefined : words[0] === 'run' ? words[1] : words[0] === 'start' || words[0] === 'test' ? words[0] : undefined
    const problems = script === undefined || script in scripts ? [] : [`no script ${script}`]
    const own = first === 'wattapp' ? words : script === 'wattapp' ? words.slice(words.indexOf('--') + 1) : undefined
    return own === undefined ? problems : [...problems, ...programProblems(own)]
  })
}

function programProblems ([name = '', ...words]: string[]): string[] {
  const silent = { stdout: { write: () => true }, stderr: { write: () => true }, env: {} } as unknown as NodeJS.Process
  const program = createProgram('wattapp', createOutput(silent), () => {})
  if (name.startsWith('-')) return ['--help'].includes(name) ? [] : [`no option ${name}`]
  const command = program.commands.find((known) => known.name() === name)
  if (command === undefined) return [`no command ${name}`]
  const known = new Set(['--help', ...command.options.flatMap(({ short, long }) => [short, long])])
  return words.filter((word) => word.startsWith('-') && word !== '-').map((word) => word.split('=', 1)[0] ?? '')
    .filter((word) => !known.has(word)).map((word) => `${name} has no option ${word}`)
}
