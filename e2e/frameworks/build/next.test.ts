// `wattapp build` of a Next app: builds understand each other's pages, and the app folder holds what they need.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { running, wattapp } from '../../../test/cli/support.ts'
import type { BuildReport } from '../../../src/cli/build/report.ts'
import { copyOf } from '../support/build.ts'

const next16 = join(import.meta.dirname, '../next/fixtures/next16')

/** Sealed: what is bound to the action is encrypted. */
const sealedPage = `import { redirect } from 'next/navigation'
export const dynamic = 'force-dynamic'
export default function Page () {
  const year = new Date().getFullYear()
  async function act () {
    'use server'
    redirect('/about?bound=' + year)
  }
  return <form action={act} id='sealed'><button>go</button></form>
}
`

/** A copy with a manifest, as another machine would have it. */
async function checkout (as: string): Promise<string> {
  const folder = await copyOf(next16, as, ['.next', '.wattapp'])
  rmSync(join(folder, '.wattapp'), { recursive: true, force: true })
  write(folder, 'app/sealed/page.js', sealedPage)
  write(folder, 'wattapp.yaml', `apiVersion: wattapp.dev/v1alpha1
kind: WattApp
metadata: { name: site }
spec:
  image: registry.example.com/site:1
  services:
    - { name: web, path: ., routes: [{ pathPrefix: / }] }
`)
  return folder
}

function write (folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}

async function build (folder: string, env: Record<string, string> = {}): Promise<{ report: BuildReport, out: string, buildId: string, key: string }> {
  const { code, stdout, stderr } = await wattapp(['build', join(folder, 'wattapp.yaml'), '-o', 'json'], { env })
  assert.equal(code, 0, stderr)
  const report = JSON.parse(stdout) as BuildReport
  const out = report.out ?? ''
  const { encryptionKey } = JSON.parse(readFileSync(join(out, '.next/server/server-reference-manifest.json'), 'utf8')) as { encryptionKey: string }
  return { report, out, buildId: readFileSync(join(out, '.next/BUILD_ID'), 'utf8'), key: encryptionKey }
}

/** What a browser sends for a form of that page. */
function formOf (page: string, id: string): FormData {
  const form = new FormData()
  const markup = new RegExp(`<form id="${id}"[^>]*>(.*?)</form>|<form[^>]* id="${id}"[^>]*>(.*?)</form>`, 's').exec(page)?.slice(1).join('') ?? ''
  for (const [, name = '', value = ''] of markup.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)) form.set(name, value.replaceAll('&quot;', '"').replaceAll('&#x27;', "'"))
  assert.notEqual([...form.keys()].length, 0, page)
  return form
}

test('a page of one build calls the server actions of the next', async () => {
  const folder = await checkout('build-twice')
  const first = await build(folder, { CI: 'true' })
  assert.deepEqual(first.report.notes.map((note) => /^web: a secret was made up .* set NEXT_SERVER_ACTIONS_ENCRYPTION_KEY/.test(note)), [true])
  const kept = join(folder, 'first-app')
  rmSync(kept, { recursive: true, force: true })
  renameSync(first.out, kept)
  const pages = await withApp(kept, async (url) => ({ form: await text(`${url}/form`), sealed: await text(`${url}/sealed`) }))
  rmSync(kept, { recursive: true })

  // What Next itself would keep between builds does not come along to another machine.
  rmSync(join(folder, '.next'), { recursive: true })
  write(folder, 'app/about/page.js', 'export default function About () { return <h1>Another page</h1> }')
  write(folder, 'app/form/actions.js', `${readFileSync(join(folder, 'app/form/actions.js'), 'utf8')}\nexport async function more () { return 1 }\n`)
  const second = await build(folder, { CI: 'true' })
  assert.deepEqual(second.report.notes, [])
  assert.equal(second.report.services[0]?.status, 'built')
  assert.notEqual(second.buildId, first.buildId)
  assert.equal(second.key, first.key)

  assert.deepEqual(globSync('node_modules/@next/swc-*', { cwd: second.out }), [])

  await withApp(second.out, async (url) => {
    const remembered = formOf(pages.form, 'remember')
    remembered.set('name', 'Grace')
    const response = await fetch(`${url}/form`, { method: 'POST', body: remembered, headers: { origin: url }, redirect: 'manual' })
    await response.arrayBuffer()
    assert.deepEqual([response.status, response.headers.get('set-cookie')?.startsWith('visitor=Grace')], [303, true])

    const sealed = await fetch(`${url}/sealed`, { method: 'POST', body: formOf(pages.sealed, 'sealed'), headers: { origin: url }, redirect: 'manual' })
    await sealed.arrayBuffer()
    assert.deepEqual([sealed.status, sealed.headers.get('location')], [303, `/about?bound=${new Date().getFullYear()}`])
  })
})

test('two machines that build the same give the same build id, and with one key the same names of actions', async () => {
  const key = Buffer.alloc(32, 7).toString('base64')
  const [one, other] = [await checkout('build-here'), await checkout('build-there')]
  const here = await build(one, { NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: key })
  const there = await build(other, { NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: key })
  assert.equal(here.buildId, there.buildId)
  assert.deepEqual([here.key, there.key], [key, key])
  assert.deepEqual(actionsOf(here.out), actionsOf(there.out))
  assert.equal((await build(one, { NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: key })).report.services[0]?.status, 'cached')
})

test('an app that is built standalone brings its own packages, and runs with everything else gone', async () => {
  const folder = await checkout('build-standalone')
  const { out, report } = await build(folder, { FIXTURE_OUTPUT: 'standalone' })
  assert.equal(report.services[0]?.status, 'built')
  assert.ok(!existsSync(join(out, 'node_modules')))
  assert.ok(!existsSync(join(out, '.next/cache')))
  const alone = `${folder}-alone`
  rmSync(alone, { recursive: true, force: true })
  renameSync(out, alone)
  renameSync(folder, `${folder}-away`)
  try {
    await withApp(alone, async (url) => {
      const page = await text(url)
      assert.match(page, /Hello from Next/)
      const [asset = ''] = /\/_next\/static\/[^"]+\.js/.exec(page) ?? []
      assert.equal((await fetch(url + asset)).status, 200)
    })
  } finally {
    rmSync(`${folder}-away`, { recursive: true })
    rmSync(alone, { recursive: true })
  }
})

test('a page that does not parse is told by Next’s own words, with its place', async () => {
  const folder = await checkout('build-broken')
  write(folder, 'app/about/page.js', 'export default function About () {\n  return <h1>About</h2>\n}\n')
  const { code, stdout, stderr } = await wattapp(['build', join(folder, 'wattapp.yaml'), '-o', 'json'])
  const { services: [web], out } = JSON.parse(stdout) as BuildReport
  assert.deepEqual([code, web?.status, web?.problem?.code, out], [1, 'failed', 'WATT_BUILD_FAILED', null])
  assert.match(stderr, /│ .*app\/about\/page\.js:2:/)
  assert.match(readFileSync(web?.log ?? '', 'utf8'), /app\/about\/page\.js:2:/)
})

function actionsOf (out: string): string[] {
  const { node } = JSON.parse(readFileSync(join(out, '.next/server/server-reference-manifest.json'), 'utf8')) as { node: Record<string, unknown> }
  return Object.keys(node).sort()
}

async function withApp<Result> (folder: string, use: (url: string) => Promise<Result>): Promise<Result> {
  await using app = running(['run', folder, '--port', '0', '--admin-port', '0'])
  const [, url = ''] = await app.line(/ is on (http:\S+)$/)
  await app.line(/ is ready; Ctrl\+C/)
  return await use(url)
}

async function text (url: string): Promise<string> {
  return await (await fetch(url)).text()
}
