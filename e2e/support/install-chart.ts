// helm install, as the README tells a user, with the images of this run.
import { images, operatorNamespace } from './images.ts'
import { kubectl, run } from './kubectl.ts'
import { createNamespace } from './namespace.ts'

/** Installs (or upgrades to) the chart of this checkout and waits until the operator is available. */
export async function installChart (root: string): Promise<void> {
  console.log('==> helm install')
  const { code: exists } = await run('kubectl', ['get', 'namespace', operatorNamespace])
  if (exists !== 0) await createNamespace(operatorNamespace)
  const [repository, tag] = splitImage(images.operator)
  const { code, stdout, stderr } = await run('helm', [
    'upgrade', '--install', 'wattapp-operator', `${root}charts/wattapp-operator`, '--namespace', operatorNamespace,
    '--set', `image.repository=${repository}`, '--set', `image.tag=${tag}`, '--set', `runtimeImage=${images.runtime}`,
    // New pods each time: the image of this run bears the name of the last run's.
    '--set-string', `podAnnotations.e2e-run=${Date.now()}`,
    '--set', 'image.pullPolicy=IfNotPresent', '--wait', '--timeout', '3m'
  ], { timeoutMs: 240_000 })
  if (code !== 0) {
    const pods = await run('kubectl', ['describe', 'pods', '-n', operatorNamespace])
    const logs = await run('kubectl', ['logs', '-n', operatorNamespace, '-l', 'app.kubernetes.io/name=wattapp-operator', '--tail=50'])
    throw new Error(`helm install ended with ${code}: ${stdout}${stderr}\n${pods.stdout}\n${logs.stdout}${logs.stderr}`)
  }
  await kubectl(['wait', 'crd/wattapps.wattapp.dev', '--for=condition=Established', '--timeout=30s'])
}

function splitImage (image: string): [string, string] {
  const at = image.lastIndexOf(':')
  return [image.slice(0, at), image.slice(at + 1)]
}
