// How an install gets at a registry that wants to know who asks, with no token in a layer: secrets that are mounted for one step. Pure.
import type { Install } from './installs.ts'

/** Secrets are mounted by BuildKit (docker's builder since 23), buildah and podman: a step has them only where it needs one. */
export interface Secret {
  /** As the Dockerfile has it: `--mount=…`. */
  mount: string
  /** As the command line has it: `--secret …`. */
  flag: string
  /** A variable that the step takes its value for. */
  variable?: string
  /** The project's own file: each step that runs the package manager needs it. */
  isSettings?: true
}

/** @param sources the folder in the build stage that the project is in */
export function secretsOf ({ manager, registry, secretFiles }: Install, sources: string): Secret[] {
  const files = secretFiles.map((file): Secret => {
    const id = file.replace(/\.yml$/, '').replaceAll(/[^\w/]/g, '').replaceAll('/', '-')
    return { mount: mount(id, `${sources}/${file}`), flag: `--secret id=${id},src=${file}`, isSettings: true }
  })
  const variables = registry.variables.map(ofVariable)
  // pnpm takes tokens from variables in the user's own settings alone, since 2026: what a repository names could be anyone's registry.
  const isUserAsked = variables.length > 0 ? manager.name === 'pnpm' : registry.isOwn && files.length === 0
  return [...files, ...variables, ...isUserAsked ? [ofUser(manager.name === 'yarn' && manager.isBerry)] : []]
}

export function ofVariable (variable: string): Secret {
  return { mount: mount(variable), flag: `--secret id=${variable},env=${variable}`, variable }
}

/** The token is in no file of the project: it is where `npm login` has put it. */
function ofUser (isBerry: boolean): Secret {
  const [id, file] = isBerry ? ['yarnrc', '.yarnrc.yml'] : ['npmrc', '.npmrc']
  return { mount: mount(id, `/root/${file}`), flag: `--secret id=${id},src=$HOME/${file}` }
}

function mount (id: string, target?: string): string {
  return `--mount=type=secret,id=${id}${target === undefined ? '' : `,target=${target}`}`
}
