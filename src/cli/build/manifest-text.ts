// The manifest that goes into the app folder: the app and its ConfigMaps. Secrets stay where they are. Pure but for the printer.
import { formatted } from '../output.ts'
import type { Manifest } from '../manifest.ts'

export interface ManifestText {
  text: string
  /** Names of the Secrets of the input. */
  secrets: string[]
}

export async function manifestText (app: Manifest, manifests: readonly Manifest[]): Promise<ManifestText> {
  const taken = [app, ...manifests.filter(({ kind }) => kind === 'ConfigMap')]
  const texts = await Promise.all(taken.map(({ value }) => formatted(value, 'yaml')))
  return { text: `${texts.join('\n---\n')}\n`, secrets: manifests.filter(({ kind }) => kind === 'Secret').map(({ name }) => name) }
}
