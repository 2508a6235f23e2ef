// From a workspace, as each package manager has it, by `wattapp image` to an image that has what production needs and answers.
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { wattapp } from '../test/cli/support.ts'
import { ensureNpmImage } from './cluster/base-images.ts'
import { build, prune, type ImageBuild } from './cluster/buildah.ts'
import { find, run } from './cluster/command.ts'
import { exclusively } from './cluster/lock.ts'
import { pathsFrom } from './cluster/paths.ts'
import { until } from './cluster/progress.ts'
import { buildProjectImages, projectImages } from './cluster/project-images.ts'
import { freePort } from './frameworks/support/app.ts'
import { installed } from './frameworks/support/install.ts'
import { containerOf } from './support/container.ts'

const workspaces = join(import.meta.dirname, 'frameworks/workspaces/fixtures')
const token = 'a-token-of-nobody'
const variable = 'E2E_TOKEN'

const needs: Record<string, boolean> = {
  root: process.getuid?.() === 0,
  buildah: find('buildah') !== undefined,
  'busybox-static': existsSync('/bin/busybox'),
  tini: existsSync('/usr/bin/tini-static')
}
const missing = Object.keys(needs).filter((name) => needs[name] !== true)

const manifest = (folder: string): string => JSON.stringify({
  apiVersion: 'wattapp.dev/v1alpha1',
  kind: 'WattApp',
  metadata: { name: 'workspace' },
  spec: {
    image: 'localhost/wattapp/workspace:e2e',
    services: [
      { name: 'legacy', path: `${folder}legacy`, routes: [{ pathPrefix: '/' }] },
      { name: 'api', path: `${folder}api` },
      { name: 'data', path: `${folder}data`, routes: [{ pathPrefix: '/data', rewrite: '/' }] },
      { name: 'pages', path: `${folder}pages/dist`, runtime: 'static', routes: [{ pathPrefix: '/pages', rewrite: '/' }] }
    ]
  }
})

interface Manager {
  /** Of other managers. */
  without: string[]
  /** Relative to the workspace. */
  manifest: string
  files?: Record<string, string>
}

const managers: Record<string, Manager> = {
  // A token in the settings: they are lent to the build, and stay out of all layers.
  npm: { without: ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'yarn.lock', '.yarnrc.yml'], manifest: 'wattapp.json', files: { '.npmrc': `fund=false\n//registry.example.com/:_authToken=${token}\n` } },
  // A token that a variable has, and the user's own settings.
  pnpm: { without: ['package-lock.json', 'yarn.lock', '.yarnrc.yml'], manifest: 'apps/wattapp.json', files: { '.npmrc': `//registry.example.com/:_authToken=\${${variable}}\n` } },
  yarn: { without: ['package-lock.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'], manifest: 'wattapp.json' }
}

interface Told { command: string, notes: string[] }

test('a workspace of each package manager becomes an image', { skip: missing.length > 0 && `there is no ${missing.join(', ')}`, timeout: 1_800_000 }, async (t) => {
  const paths = pathsFrom(process.env)
  const npm = join(await installed(join(workspaces, 'managers')), 'node_modules/npm')
  const folder = mkdtempSync(join(tmpdir(), 'wattapp-e2e-image-'))
  // What npm is told on this machine, it is told there.
  const settings = join(folder, '.npmrc')
  process.env[variable] = token
  writeFileSync(settings, `//registry.example.com/:_authToken=${token}\nregistry=${(await run('npm', ['config', 'get', 'registry'], { cwd: folder })).trim()}\n`)

  await exclusively(paths.imagesLock, async () => {
    try {
      await ensureNpmImage(paths, npm)
      await buildProjectImages(paths, ['runtime', 'build'])
      for (const [name, manager] of Object.entries(managers)) await t.test(name, () => becomesImage(name, manager))
    } finally {
      await prune(paths)
      rmSync(folder, { recursive: true })
    }
  })

  async function becomesImage (name: string, { without, manifest: file, files = {} }: Manager): Promise<void> {
    const root = join(folder, name)
    const at = (path: string): string => join(root, path)
    cpSync(join(workspaces, 'workspace'), root, { recursive: true, filter: (path) => !without.some((other) => path.endsWith(`/${other}`)) && !path.includes('node_modules') })
    const more = {
      ...files,
      [file]: manifest(file.startsWith('apps/') ? '' : 'apps/'),
      '.env': `SECRET=${token}\n`,
      'apps/api/.env.local': `SECRET=${token}\n`,
      '.gitignore': 'node_modules/\ndist/\n',
      'apps/pages/old.html': 'no part of what is built'
    }
    for (const [path, text] of Object.entries(more)) writeFileSync(at(path), text)

    const written = await wattapp(['image', file, '--write', '-o', 'json'], { cwd: root })
    assert.equal(written.code, 0, written.stderr)
    assert.doesNotMatch(written.stdout, new RegExp(token))
    const { command } = JSON.parse(written.stdout) as Told
    const image: ImageBuild = {
      tag: `localhost/wattapp/workspace-${name}:e2e`,
      context: root,
      dockerfile: at('Dockerfile'),
      buildArgs: { BUILD_IMAGE: projectImages.build, RUNTIME_IMAGE: projectImages.runtime },
      secrets: Array.from(command.matchAll(/--secret (\S+)/g), ([, secret = '']) => secret.replace('$HOME', folder).replace(/(?<=,src=)(?!\/)/, `${root}/`)),
      // Where it is no secret of the build.
      volumes: command.includes('$HOME/.npmrc') ? [] : [`${settings}:/root/.npmrc:ro`],
      isCached: true
    }
    await build(paths, image)

    const first = await answersOf(name, image.tag, at(file))
    assert.deepEqual(first, {
      '/': 'hello from express 4, an hour is 3600000 ms; hello from express, an hour is 3600000 ms',
      '/data/posts/1': '{\n  "id": 1,\n  "title": "one"\n}',
      '/pages/': '<h1>What the pages say</h1>\n'
    })

    writeFileSync(at('apps/api/server.js'), readFileSync(at('apps/api/server.js'), 'utf8').replace("greeting('express')", "greeting('another')"))
    const said = await build(paths, image)
    assert.match(said, /: RUN [^\n]*(npm ci|pnpm install|yarn install)[^\n]*\n--> Using cache/)
    assert.match((await answersOf(name, image.tag, at(file)))['/'] ?? '', /hello from another/)

    const layers = join(paths.layers, 'root/overlay')
    const leaked = await run('sh', ['-c', 'grep -rlF -e "$1" "$2"/*/diff || test $? -eq 1', 'sh', token, layers])
    assert.equal(leaked, '', 'a secret is in a layer')
  }

  async function answersOf (name: string, tag: string, file: string): Promise<Record<string, string>> {
    await using container = await containerOf(paths, tag)
    const app = join(container.root, 'app')
    // Node.js would follow the links of pnpm.
    const found = (await run('find', [app, '-mindepth', '1', '-printf', '%P\\n'])).trim().split('\n')
    const isThere = (pattern: RegExp): string[] => found.filter((path) => pattern.test(path))
    assert.deepEqual(isThere(/(^|\/)(\.env|\.npmrc|\.yarnrc)/), [])
    assert.deepEqual(isThere(/(^|\/)(marked|pnpm)(@|\/|$)/), [], 'a development dependency is in the image')
    assert.deepEqual(isThere(/pages\/(build\.js|index\.md|old\.html)$/), [], 'a source of what was built is in the image')
    assert.ok(!existsSync(join(container.root, 'source')) && !existsSync(join(container.root, 'bin/sh')) && !existsSync(join(container.root, 'wattapp/dist/cli')))
    // What compiled addons name beside what Node does.
    for (const part of ['libresolv.so.2', 'librt.so.1', 'libutil.so.1']) assert.match(await run('find', [container.root, '-name', part]), /\.so\.\d/, part)
    t.diagnostic(`${name}: an image of ${(container.size / 1e6).toFixed(0)} MB, ${found.length} files of the app`)

    const config = mkdtempSync(join(folder, 'config-'))
    writeFileSync(join(config, 'app.json'), await configOf(file), { mode: 0o644 })
    await run('chmod', ['755', config])
    const port = await freePort()
    await using started = container.start({ env: { WATTAPP_HTTP_PORT: String(port), WATTAPP_ADMIN_PORT: String(await freePort()) }, volumes: [`${config}:/etc/wattapp/config:ro`] })
    const ask = async (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`)
    await until(`${name} answers`, 120_000, async () => (await ask('/')).status === 200).catch((error: Error) => { throw new Error(`${error.message}\n${started.said()}`) })
    return Object.fromEntries(await Promise.all(['/', '/data/posts/1', '/pages/'].map(async (path) => [path, await (await ask(path)).text()] as const)))
  }
})

/** As the operator gives it to a pod. */
async function configOf (manifest: string): Promise<string> {
  const { stdout } = await wattapp(['render', manifest, '-o', 'json'])
  const { items } = JSON.parse(stdout) as { items: Array<{ kind: string, data?: Record<string, string> }> }
  return items.find(({ kind, data }) => kind === 'ConfigMap' && data?.['app.json'] !== undefined)?.data?.['app.json'] ?? ''
}
