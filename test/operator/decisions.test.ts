// What the operator decides, as tables: live or roll, put back or leave, delete or keep.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { WattAppManifest } from '../../src/api/wattapp.ts'
import { refuse } from '../../src/operator/accept.ts'
import { change } from '../../src/operator/change.ts'
import type { KubeObject } from '../../src/operator/client/object.ts'
import { drift, marked, project } from '../../src/operator/drift.ts'
import { isOwnedBy, prune } from '../../src/operator/prune.ts'
import { inOrder, render, type RenderContext } from '../../src/operator/render/index.ts'
import { annotation, label } from '../../src/operator/render/metadata.ts'
import { canonicalJson, shortHash } from '../../src/operator/render/revision.ts'
import { withDefaults } from '../../src/api/defaults.ts'

type Spec = WattAppManifest['spec']

function app (edit: (spec: Spec) => void = () => {}): WattAppManifest {
  const spec: Spec = {
    image: 'shop:1',
    services: [
      { name: 'web', path: 'web', routes: [{ pathPrefix: '/' }], env: [{ name: 'A', value: '1' }] },
      { name: 'pay', path: 'pay', memory: '256Mi' }
    ]
  }
  edit(spec)
  return { apiVersion: 'wattapp.dev/v1alpha1', kind: 'WattApp', metadata: { name: 'shop', namespace: 'store', uid: 'u1' }, spec }
}

const context: RenderContext = { runtimeImage: 'runtime:1' }
const rendered = (manifest: WattAppManifest, more: Partial<RenderContext> = {}) => {
  const { revision, config, deployment } = render(manifest, { ...context, ...more })
  return { revision, config, template: deployment.spec.template }
}
const web = (spec: Spec): Spec['services'][number] => spec.services[0] ?? { name: '', path: '' }

const changes: Record<string, { edit: (spec: Spec) => void, how: 'nothing' | 'live' | 'roll', fields: string[] }> = {
  'nothing changes': { edit: () => {}, how: 'nothing', fields: [] },
  'a route is live': { edit: (spec) => { web(spec).routes = [{ pathPrefix: '/' }, { pathPrefix: '/shop' }] }, how: 'live', fields: ['services[web].routes'] },
  'a worker count is live, and leaves the pod\'s resources alone': { edit: (spec) => { web(spec).workers = { min: 4 } }, how: 'live', fields: ['services[web].workers.max', 'services[web].workers.min'] },
  'the log level is live': { edit: (spec) => { spec.observability = { logs: { level: 'debug' } } }, how: 'live', fields: ['logs.level'] },
  'the number of pods is neither': { edit: (spec) => { spec.replicas = 7 }, how: 'nothing', fields: [] },
  'the way to roll is neither': { edit: (spec) => { spec.rollout = { type: 'Recreate' } }, how: 'nothing', fields: [] },
  'an image rolls': { edit: (spec) => { spec.image = 'shop:2' }, how: 'roll', fields: ['image'] },
  'a literal variable is live': { edit: (spec) => { web(spec).env = [{ name: 'A', value: '2' }] }, how: 'live', fields: ['services[web].env.A'] },
  'a memory ceiling is live': { edit: (spec) => { web(spec).memory = '64Mi' }, how: 'live', fields: ['services[web].memoryBytes'] },
  'a health endpoint is live': { edit: (spec) => { web(spec).health = { path: '/healthz' } }, how: 'live', fields: ['services[web].health.endpoint'] },
  'recycling is live': { edit: (spec) => { web(spec).recycle = { maxAge: '24h' } }, how: 'live', fields: ['services[web].recycle'] },
  'timeouts of the gateway are live': { edit: (spec) => { spec.gateway = { timeouts: { idle: '1m' } } }, how: 'live', fields: ['gateway.timeouts.idleMs'] },
  'more gateway threads roll': { edit: (spec) => { spec.gateway = { threads: 2 } }, how: 'roll', fields: ['gateway.threads'] },
  'a process instead of a thread rolls': { edit: (spec) => { web(spec).isolation = 'process' }, how: 'roll', fields: ['services[web].isolation'] },
  'a shared thread rolls': { edit: (spec) => { web(spec).thread = 'all' }, how: 'roll', fields: ['services[web].thread'] },
  'a new service rolls': { edit: (spec) => { spec.services.push({ name: 'new', path: 'new' }) }, how: 'roll', fields: ['services[new]', 'resources.requests.memory'] },
  'resources roll': { edit: (spec) => { spec.podTemplate = { resources: { limits: { memory: '1Gi' } } } }, how: 'roll', fields: ['resources.limits'] },
  'an annotation of the pods rolls': { edit: (spec) => { spec.podTemplate = { metadata: { annotations: { 'example.com/roll': '1' } } } }, how: 'roll', fields: ['annotations'] },
  'a secret variable rolls': {
    edit: (spec) => { web(spec).env = [{ name: 'A', value: '1' }, { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
    how: 'roll',
    fields: ['services[web].fileEnv[B]', 'volumeMounts[/etc/wattapp/env/web]', 'volumes[wattapp-env-web]']
  }
}

for (const [name, { edit, how, fields }] of Object.entries(changes)) {
  test(`change: ${name}`, () => {
    const before = rendered(app())
    const after = rendered(app(edit))
    const found = change(before, after)
    assert.equal(found.how, how)
    assert.deepEqual(found.fields.toSorted(), fields.toSorted())
    assert.equal(before.revision === after.revision, how !== 'roll')
  })
}

test('change: new code in the ConfigMap is live, and is named', () => {
  const manifest = app((spec) => {
    delete spec.image
    spec.source = { configMap: { name: 'code' } }
  })
  assert.deepEqual(change(rendered(manifest, { sourceHash: 'a' }), rendered(manifest, { sourceHash: 'b' })), { how: 'live', fields: ['source.configMap'] })
})

test('render: an upgrade of the operator leaves the runtime image of a running app, until its own spec rolls it', () => {
  const stock = (edit: (spec: Spec) => void = () => {}) => app((spec) => {
    delete spec.image
    spec.source = { configMap: { name: 'code' } }
    edit(spec)
  })
  const old = render(stock(), { runtimeImage: 'runtime:1' })
  const live = { revision: old.revision, runtimeImage: 'runtime:1' }
  assert.deepEqual(render(stock(), { runtimeImage: 'runtime:2', live }).deployment, old.deployment)
  const rolled = render(stock((spec) => { web(spec).isolation = 'process' }), { runtimeImage: 'runtime:2', live })
  assert.equal(rolled.deployment.spec.template.spec.containers[0].image, 'runtime:2')
})

test('render: equal apps give equal bytes, whatever the order of keys and whether or not defaults are filled in', () => {
  const shuffled = (value: unknown, random: fc.Random): unknown => {
    if (Array.isArray(value)) return value.map((item) => shuffled(item, random))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map((entry) => ({ entry, at: random.nextInt() })).toSorted((a, b) => a.at - b.at)
      .map(({ entry: [key, inner] }) => [key, shuffled(inner, random)]))
  }
  const text = (manifest: WattAppManifest): string => canonicalJson(inOrder(render(manifest, context)))
  const edits = fc.constantFrom(...Object.values(changes).map(({ edit }) => edit))
  fc.assert(fc.property(edits, fc.infiniteStream(fc.integer()), (edit, numbers) => {
    const manifest = app(edit)
    const random = { nextInt: () => numbers.next().value as number } as unknown as fc.Random
    const before = text(manifest)
    assert.equal(text(shuffled(manifest, random) as WattAppManifest), before)
    assert.equal(text(withDefaults(manifest)), before)
  }), { numRuns: 50 })
})

test('render: a hash is ten safe characters, and one letter makes another', () => {
  fc.assert(fc.property(fc.string(), fc.nat(), (text, at) => {
    const hash = shortHash(text)
    assert.match(hash, /^[bcdfghjklmnpqrstvwxz2456789]{10}$/)
    assert.notEqual(shortHash(`${text.slice(0, at)}x${text.slice(at)}`), hash)
  }))
  const texts = Array.from({ length: 20_000 }, (_, i) => `app-${i}`)
  assert.equal(new Set(texts.map(shortHash)).size, texts.length)
})

const wantedDeployment = marked<KubeObject>(render(app(), context).deployment)
const edited = (edit: (live: { metadata: KubeObject['metadata'], spec: Record<string, unknown> & { template: { spec: { containers: Array<Record<string, unknown>> } } } }) => void): KubeObject => {
  const live = structuredClone(wantedDeployment)
  // What the server adds by itself.
  Object.assign(live.metadata, { uid: 'd1', resourceVersion: '7' })
  Object.assign(live, { status: { replicas: 1 } })
  edit(live as never)
  return live
}

const drifts: Record<string, { live: KubeObject, paths: string[] }> = {
  'what the server and others add is not drift': {
    live: edited(({ metadata, spec }) => {
      Object.assign(metadata.labels ?? {}, { team: 'a' })
      Object.assign(spec, { minReadySeconds: 0 })
      Object.assign(spec.template.spec, { dnsPolicy: 'ClusterFirst' })
      spec.template.spec.containers.unshift({ name: 'injected', image: 'sidecar' })
    }),
    paths: []
  },
  'a field that somebody changed is': { live: edited(({ spec }) => { spec['replicas'] = 5 }), paths: ['spec.replicas'] },
  'a field that somebody removed is': { live: edited(({ spec }) => { delete spec.template.spec.containers[0]?.['livenessProbe'] }), paths: ['spec.template.spec.containers[app].livenessProbe'] },
  'a label that somebody removed is': { live: edited(({ metadata }) => { delete metadata.labels?.['wattapp.dev/app'] }), paths: ['metadata.labels.wattapp.dev/app'] },
  'an owner that somebody removed is': { live: edited(({ metadata }) => { delete metadata.ownerReferences }), paths: ['metadata.ownerReferences'] },
  'a key that somebody adds to what is taken as one value is': {
    live: edited(({ spec }) => { spec['selector'] = { matchLabels: { 'wattapp.dev/app': 'shop', by: 'hand' } } }),
    paths: ['spec.selector.matchLabels.by']
  },
  'another mark means that we applied other fields before': {
    live: edited(({ metadata }) => { Object.assign(metadata.annotations ?? {}, { [annotation.applied]: 'older' }) }),
    paths: ['metadata.annotations.wattapp.dev/applied']
  }
}

for (const [name, { live, paths }] of Object.entries(drifts)) {
  test(`drift: ${name}`, () => assert.deepEqual(drift(live, wantedDeployment), paths))
}

test('drift: what the API server writes in its own way is applied once, not for ever', () => {
  const wanted = { ...wantedDeployment, spec: { cpu: '1000m' } } as KubeObject
  const live = { ...wantedDeployment, spec: { cpu: '1' } } as KubeObject
  assert.deepEqual(drift(live, wanted), ['spec.cpu'])
  const settled = project(live, wanted)
  assert.deepEqual(drift(live, wanted, settled), [])
  assert.deepEqual(drift({ ...live, spec: { cpu: '2' } } as KubeObject, wanted, settled), ['spec.cpu'])
})

const child = (kind: string, name: string, revision?: string): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name, ...(revision !== undefined && { labels: { [label.revision]: revision } }) } })
const wanted = [child('ConfigMap', 'shop-new', 'new'), child('Service', 'shop')]
const owned = [...wanted, child('ConfigMap', 'shop-old', 'old'), child('ServiceAccount', 'shop')]

const prunes: Record<string, { podRevisions: string[], isRolledOut: boolean, goes: string[] }> = {
  'what is wanted no more goes once the roll is over': { podRevisions: ['new'], isRolledOut: true, goes: ['shop-old', 'shop'] },
  'nothing goes while a roll is under way, though no old pod is left': { podRevisions: ['new'], isRolledOut: false, goes: [] },
  'an old revision\'s config stays with its last leaving pod': { podRevisions: ['new', 'old'], isRolledOut: true, goes: ['shop'] }
}

for (const [name, { podRevisions, isRolledOut, goes }] of Object.entries(prunes)) {
  test(`prune: ${name}`, () => assert.deepEqual(prune({ owned, wanted, podRevisions: new Set(podRevisions), isRolledOut }).map(({ metadata }) => metadata.name), goes))
}

test('prune: ours is what names this very app as its controller', () => {
  const owner = (uid: string, controller?: boolean): KubeObject => ({
    ...child('Service', 'shop'), metadata: { name: 'shop', ownerReferences: [{ apiVersion: 'wattapp.dev/v1alpha1', kind: 'WattApp', name: 'shop', uid, ...(controller !== undefined && { controller }) }] }
  })
  assert.equal(isOwnedBy(owner('u1', true), 'u1'), true)
  assert.equal(isOwnedBy(owner('u1'), 'u1'), false)
  assert.equal(isOwnedBy(owner('u0', true), 'u1'), false, 'an app of the same name that was deleted')
  assert.equal(isOwnedBy(child('Service', 'shop'), undefined), false)
})

const source = (edit: (spec: Spec) => void = () => {}) => withDefaults(app((spec) => {
  delete spec.image
  spec.source = { configMap: { name: 'code' } }
  spec.services = [{ name: 'web', path: 'web.mjs' }]
  edit(spec)
}))
const cyclic = withDefaults(app((spec) => { for (const [i, on] of ['pay', 'web'].entries()) Object.assign(spec.services[i] ?? {}, { dependsOn: [on] }) }))
const foreign = [{ kind: 'Service', name: 'shop' }]

const verdicts: Record<string, { app: ReturnType<typeof withDefaults>, around: Parameters<typeof refuse>[1], reason: string | undefined, says?: RegExp }> = {
  'a good app is accepted': { app: withDefaults(app()), around: { sourceFiles: undefined, foreign: [] }, reason: undefined },
  'what CEL cannot say is said here': { app: cyclic, around: { sourceFiles: undefined, foreign: [] }, reason: 'DependencyCycle', says: /^spec\.services\[0\]\.dependsOn\[0\].*web → pay → web/ },
  'the code\'s ConfigMap must be there': { app: source(), around: { sourceFiles: 'absent', foreign: [] }, reason: 'SourceNotFound', says: /^spec\.source\.configMap\.name: .*"code" in namespace "store".*create it/ },
  'and have the service\'s file': { app: source(), around: { sourceFiles: new Set(['app.mjs']), foreign: [] }, reason: 'SourceFileNotFound', says: /^spec\.services\[0\]\.path: .*no key "web\.mjs" \(it has app\.mjs\)/ },
  'an app whose files are all there is accepted': { app: source(), around: { sourceFiles: new Set(['web.mjs']), foreign: [] }, reason: undefined },
  'somebody else\'s object is named': { app: withDefaults(app()), around: { sourceFiles: undefined, foreign }, reason: 'NameConflict', says: /^metadata\.name: Service "shop" exists and is not this app's; it is left alone: delete it/ },
  'what is wrong with the spec is said before what is wrong around it': { app: cyclic, around: { sourceFiles: undefined, foreign }, reason: 'DependencyCycle' }
}

for (const [name, { app, around, reason, says }] of Object.entries(verdicts)) {
  test(`accept: ${name}`, () => {
    const verdict = refuse(app, around)
    assert.equal(verdict?.reason, reason)
    if (says !== undefined) assert.match(verdict?.message ?? '', says)
  })
}
