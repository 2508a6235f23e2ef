// What a service of a compose file runs, and in which package of a workspace: by its command, or by that of its Dockerfile. Pure but for the tree.
import { packageAimedAt, plainCommand, programOf } from '../draft/command.ts'
import { fieldsOf, inside, textOf, type Fields } from '../draft/loose.ts'
import { packageOf, type Tree } from '../draft/tree.ts'
import type { Package } from './workspace.ts'

export interface ComposeCommand {
  /** Undefined: nothing says so but package.json. */
  command: string | undefined
  /** For people: "its command", "the CMD of api/Dockerfile". */
  from: string
  /** Where it runs: the package that it aims at, or the one that was given. */
  folder: string
}

/** @param folder that of the package.json which its build or its image has */
export function composeCommand (tree: Tree, fields: Fields, folder: string, packages: readonly Package[]): ComposeCommand {
  const own = commandText(fields.entrypoint, fields.command)
  const dockerfile = own === undefined ? dockerfileOf(fields) : undefined
  const command = own ?? (dockerfile === undefined ? undefined : lastCommand(tree.text(dockerfile) ?? '', textOf(fieldsOf(fields.build).target)))
  const from = own === undefined ? `the command of ${dockerfile ?? ''}` : 'its command'
  if (command === undefined) return { command, from, folder }
  const plain = plainCommand(command)
  const aimed = packageAimedAt(plain)
  if (aimed !== undefined) {
    const target = packages.find(({ folder: other, json }) => textOf(json?.name) === aimed.at || other === inside(folder, aimed.at))
    return target === undefined ? { command: plain, from, folder } : { command: aimed.command, from, folder: target.folder }
  }
  // A file of one of the packages, named from the workspace's root.
  const entry = programOf(plain, packageOf(tree, folder))?.entry
  const path = entry === undefined ? undefined : inside(folder, entry)
  const home = packages.filter(({ folder: other }) => other !== folder && path?.startsWith(`${other}/`) === true).sort((one, other) => other.folder.length - one.folder.length)[0]
  return home === undefined || path === undefined || entry === undefined
    ? { command: plain, from, folder }
    : { command: plain.replace(entry, path.slice(home.folder.length + 1)), from, folder: home.folder }
}

function commandText (...parts: unknown[]): string | undefined {
  const text = parts.map((part) => Array.isArray(part) ? part.map((word) => quoted(String(word))).join(' ') : textOf(part) ?? '').join(' ').trim()
  return text === '' ? undefined : text
}

function quoted (word: string): string {
  return /\s/.test(word) ? `"${word}"` : word
}

function dockerfileOf (fields: Fields): string | undefined {
  if (fields.build === undefined) return undefined
  const build = fieldsOf(fields.build)
  return inside(textOf(fields.build) ?? textOf(build.context) ?? '.', textOf(build.dockerfile) ?? 'Dockerfile')
}

/** Of the stage that is built: the one named `target`, else the last. */
function lastCommand (dockerfile: string, target: string | undefined): string | undefined {
  const stages = dockerfile.replaceAll(/\\\r?\n/g, ' ').split(/^\s*FROM\s+/im).slice(1)
  const stage = stages.find((text) => target !== undefined && new RegExp(`^.*\\sAS\\s+${target.replaceAll(/\W/g, '\\$&')}\\s*$`, 'im').test(text.split('\n')[0] ?? '')) ?? stages.at(-1) ?? ''
  const last = (instruction: string): unknown => {
    const text = Array.from(stage.matchAll(new RegExp(`^\\s*${instruction}\\s+(.*)$`, 'gim')), ([, said = '']) => said.trim()).at(-1)
    if (text?.startsWith('[') !== true) return text
    try {
      return JSON.parse(text) as unknown
    } catch {
      return undefined
    }
  }
  const entrypoint = last('ENTRYPOINT')
  // What the image of Node.js has for an entry point runs what follows.
  const isNodes = typeof entrypoint === 'object' && /docker-entrypoint/.test(JSON.stringify(entrypoint))
  return commandText(isNodes ? undefined : entrypoint, last('CMD'))
}
