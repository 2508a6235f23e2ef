// The .dockerignore of a project: what no build needs, and what must not get into a layer. The same for each of its apps. Pure.
import { gitRules } from '../dev/ignored.ts'
import type { ImageFacts } from './facts.ts'
import { dockerPatterns } from './ignored.ts'

export const dockerignoreMark = '# Made by `wattapp image`'

const madeElsewhere = ['**/.git', '**/.hg', '**/.svn', '**/node_modules', '**/.wattapp', '**/.DS_Store', '**/*.log', '.yarn/cache', '.yarn/unplugged', '.yarn/install-state.gz', '.pnpm-store', 'Dockerfile', '.dockerignore']
const secrets = ['**/.env', '**/.env.*', '**/.npmrc', '**/.yarnrc', '**/.netrc']

export function dockerignoreOf ({ manifest, installs, gitignores }: Pick<ImageFacts, 'manifest' | 'installs' | 'gitignores'>): string {
  const patterns = gitignores.flatMap(({ folder, text }) => dockerPatterns(text, folder))
  const needed = [manifest, ...installs.flatMap(({ files }) => files)]
  const hidden = needed.filter((file) => gitignores.some(({ folder, text }) => isHidden(text, folder, file)))
  const settings = installs.flatMap(({ files }) => files).filter((file) => /(^|\/)\.(npmrc|yarnrc)$/.test(file))
  const withToken = installs.flatMap(({ secretFiles }) => secretFiles).filter((file) => !/(^|\/)\.npmrc$/.test(file))
  return [
    `${dockerignoreMark}, which makes it again with --write.`,
    ...section('What git ignores: an image is built from what a fresh clone has.', [...new Set(patterns)]),
    ...section('Needed all the same.', hidden.map((file) => `!${file}`)),
    ...section('Installed and built in the image, or no part of a build.', madeElsewhere),
    ...section('May hold secrets. What a service needs to know is in the manifest.', [...secrets, ...withToken]),
    ...section('Without a token.', settings.map((file) => `!${file}`))
  ].join('\n') + '\n'
}

function section (title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `# ${title}`, ...lines]
}

/** By itself or by a folder above it. */
function isHidden (gitignore: string, folder: string, file: string): boolean {
  const path = folder === '.' ? file : file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : undefined
  if (path === undefined) return false
  const rules = gitRules(gitignore)
  const parts = path.split('/')
  return parts.some((_, index) => rules(parts.slice(0, index + 1).join('/'), index < parts.length - 1) === true)
}
