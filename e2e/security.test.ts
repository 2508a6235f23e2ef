// What the operator may do, what a rendered pod may do, and what a hostile manifest gains: nothing.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { after, before, test } from 'node:test'
import { inClient, request, startClient } from './support/client.ts'
import { operatorNamespace } from './support/images.ts'
import { apply, get, kubectl, list, run } from './support/kubectl.ts'
import { createNamespace } from './support/namespace.ts'
import { until } from './support/wait.ts'
import { conditionOf, podsOf, untilCondition } from './support/wattapp.ts'

const namespace = 'e2e-security'
const hello = readFileSync(new URL('../examples/hello/hello.yaml', import.meta.url), 'utf8')
const hostile = globSync(new URL('../test/manifests/hostile/*.yaml', import.meta.url).pathname).sort()

before(async () => {
  await createNamespace(namespace)
  await startClient(namespace)
  await apply(hello, namespace)
  await untilCondition('hello', namespace, 'Ready', 'True')
})
after(() => kubectl(['delete', 'namespace', namespace, '--wait=false']))

test('the operator has no right on Secrets, nor on what it does not render', async () => {
  const [pod] = await list('pods', operatorNamespace)
  const account = `system:serviceaccount:${operatorNamespace}:${String(pod?.spec['serviceAccountName'])}`
  const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']
  const can = async (verb: string, resource: string, ...more: string[]): Promise<string> =>
    (await run('kubectl', ['auth', 'can-i', verb, resource, ...more, '--as', account, '-n', namespace])).stdout.trim()
  for (const resource of ['secrets', 'roles.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io', 'nodes', 'daemonsets.apps', 'persistentvolumeclaims']) {
    for (const verb of verbs) assert.equal(await can(verb, resource), 'no', `${verb} ${resource}`)
  }
  for (const subresource of ['exec', 'attach', 'portforward', 'ephemeralcontainers']) assert.equal(await can('create', 'pods', `--subresource=${subresource}`), 'no', subresource)
  assert.equal(await can('create', 'pods'), 'no')
  assert.equal(await can('patch', 'deployments.apps'), 'yes')
})

test('the pod has one container, no token, no privilege and a read-only root', async () => {
  const [pod] = await podsOf('hello', namespace)
  assert.ok(pod !== undefined)
  const containers = pod.spec['containers'] as Array<{ securityContext: Record<string, unknown>, volumeMounts: Array<{ mountPath: string }> }>
  assert.equal(containers.length, 1)
  assert.equal(pod.spec['initContainers'], undefined)
  assert.deepEqual(containers[0]?.securityContext, { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true })
  assert.ok(!(containers[0]?.volumeMounts ?? []).some(({ mountPath }) => mountPath.includes('serviceaccount')))
})

test('an object of our name that we do not own is never touched', async () => {
  await apply('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"taken-code"},"data":{"a.mjs":"export default { fetch: () => new Response(\'a\') }"}}', namespace)
  await apply('{"apiVersion":"v1","kind":"Service","metadata":{"name":"taken"},"spec":{"selector":{"app":"theirs"},"ports":[{"port":80}]}}', namespace)
  const theirs = await get('service', 'taken', namespace)
  await apply(`
apiVersion: wattapp.dev/v1alpha1
kind: WattApp
metadata: { name: taken }
spec:
  source: { configMap: { name: taken-code } }
  services: [{ name: a, path: a.mjs, routes: [{ pathPrefix: / }] }]`, namespace)
  const accepted = await until('Accepted=False', async () => {
    const condition = conditionOf(await get('wattapp', 'taken', namespace), 'Accepted')
    return condition?.status === 'False' && condition
  })
  assert.equal(accepted.reason, 'NameConflict')
  assert.match(accepted.message, /Service.*taken/)
  assert.equal((await get('service', 'taken', namespace)).metadata.resourceVersion, theirs.metadata.resourceVersion)
  await kubectl(['delete', 'watt/taken', '-n', namespace, '--wait=true'])
  assert.equal((await get('service', 'taken', namespace)).metadata.uid, theirs.metadata.uid)
})

test('no trick of the request target reaches the service without routes', async () => {
  const targets = ['/', '//api/', 'http://api.internal/', 'http://api/', '/%2e%2e/', '/..%2f', '/%2f%2fapi.internal/', '/\\api', '/.//api.internal', '*']
  const hosts = ['hello', 'api.internal', 'api', 'api.plt.local', 'hello@api.internal', 'api.internal:8080', '[::1]', '']
  const output = await inClient(namespace, `
    import { connect } from 'node:net'
    const ask = (target, host) => new Promise((resolve) => {
      const socket = connect(80, 'hello', () => socket.write('GET ' + target + ' HTTP/1.1\\r\\nHost: ' + host + '\\r\\nConnection: close\\r\\n\\r\\n'))
      let text = ''
      socket.setTimeout(10_000, () => socket.destroy())
      socket.on('data', (chunk) => { text += chunk }).on('error', () => {}).on('close', () => resolve(text))
    })
    const seen = []
    for (const target of ${JSON.stringify(targets)}) for (const host of ${JSON.stringify(hosts)}) seen.push({ target, host, text: await ask(target, host) })
    console.log(JSON.stringify(seen))`)
  const direct = await request(namespace, 'http://hello/')
  for (const { target, host, text } of JSON.parse(output) as Array<{ target: string, host: string, text: string }>) {
    assert.match(text, /^HTTP\/1\.1 (200|400|404|421)/, `${target} with Host ${host}: ${text.slice(0, 80)}`)
    if (text.startsWith('HTTP/1.1 200')) assert.ok(text.includes(direct.body.trim().slice(0, 20)), `${target} with Host ${host} was answered by something else: ${text}`)
  }
})

for (const file of hostile) {
  test(`${basename(file)} gains nothing`, async () => {
    const applied = await run('kubectl', ['apply', '-n', namespace, '-f', file])
    if (applied.code !== 0) return
    try {
      const names = Array.from(applied.stdout.matchAll(/^wattapp\S*\/(\S+) (?:created|configured)/gm), ([, name = '']) => name)
      for (const name of names) {
        const accepted = await until('the Accepted condition', async () => {
          const condition = conditionOf(await get('wattapp', name, namespace), 'Accepted')
          return condition !== undefined && condition.status !== 'Unknown' && condition
        }, 20_000)
        if (accepted.status === 'False') continue
        await until('a pod or a refusal', async () => (await list('replicasets', namespace, `wattapp.dev/app=${name}`)).length > 0, 20_000)
        for (const pod of await podsOf(name, namespace)) assertHarmless(pod.spec)
      }
    } finally {
      await kubectl(['delete', '-n', namespace, '-f', file, '--ignore-not-found', '--wait=true'])
    }
  })
}

/** What no manifest may ever bring into a pod. */
function assertHarmless (spec: Record<string, unknown>): void {
  const text = JSON.stringify(spec)
  assert.ok(!text.includes('"hostPath"'), 'hostPath')
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace']) assert.ok(spec[field] === undefined || spec[field] === false, field)
  assert.equal((spec['containers'] as unknown[]).length, 1)
  assert.ok(!text.includes('"privileged":true'))
  assert.ok(!/"name":"(NODE_OPTIONS|LD_[A-Z_]+)"/.test(text), 'a process-wide variable')
}
