// `wattapp render FILE`: the objects that the operator would apply, by the operator's own code.
import { inOrder, render } from '../../operator/render/index.ts'
import { sourceHash } from '../../operator/render/source.ts'
import type { WattAppManifest } from '../../api/wattapp.ts'
import { chooseApp, readInput, type Input } from '../input.ts'
import { formatted, tellProblems, type Output } from '../output.ts'
import { packageVersion } from './version.ts'

export interface RenderOptions { app?: string, namespace?: string, runtimeImage?: string, output: 'yaml' | 'json' }

export async function runRender (file: string, options: RenderOptions, output: Output): Promise<number> {
  const input = await readInput(file)
  const { app, problems } = chooseApp(input, options.app)
  if (problems.length > 0) {
    tellProblems(output, problems)
    return 1
  }
  const namespace = options.namespace ?? app.metadata.namespace
  const objects = inOrder(render(
    { ...app, metadata: { ...app.metadata, ...(namespace !== undefined && { namespace }) } },
    { runtimeImage: options.runtimeImage ?? `wattapp/runtime:${packageVersion()}`, sourceHash: hashOf(app, input) }
  ))
  if (options.output === 'json') output.print(await formatted({ apiVersion: 'v1', kind: 'List', items: objects }, 'json'))
  else output.print((await Promise.all(objects.map((object) => formatted(object, 'yaml')))).join('\n---\n'))
  return 0
}

/** The operator reads the ConfigMap from the cluster; here it is known when it is in the input. */
function hashOf (app: WattAppManifest, { manifests }: Input): string {
  const name = app.spec.source?.configMap.name
  const source = manifests.findLast((manifest) => manifest.kind === 'ConfigMap' && manifest.name === name)
  return source === undefined ? '' : sourceHash(source.value)
}
