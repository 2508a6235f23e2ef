// Namespaces of the tests enforce the restricted Pod Security Standard: whatever we render must pass it everywhere.
import { apply, kubectl } from './kubectl.ts'

/** An empty namespace of this name; one left by an earlier run goes first. */
export async function createNamespace (name: string): Promise<void> {
  await kubectl(['delete', 'namespace', name, '--ignore-not-found', '--wait=true', '--timeout=120s'])
  await apply(JSON.stringify({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/enforce-version': 'latest' } }
  }), 'default')
}
