// Where code and secrets are read from, and where not.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { systemClock } from '../../src/base/clock.ts'
import { watchConfigFile, type Change } from '../../src/supervisor/config-file.ts'
import { readEnvFiles } from '../../src/supervisor/env-files.ts'
import { serviceFolder } from '../../src/supervisor/service-folder.ts'
import { readSettings } from '../../src/supervisor/settings.ts'

const base = await realpath(await mkdtemp(join(tmpdir(), 'wattapp-')))
after(() => rm(base, { recursive: true }))
const root = join(base, 'app')
await mkdir(join(root, 'services/web'), { recursive: true })
await mkdir(join(base, 'outside'))
await writeFile(join(root, 'hello.js'), '')
await symlink('../outside', join(root, 'link'))
await symlink('services', join(root, 'inner'))
await symlink('../outside/x.js', join(root, 'x.js'))
await writeFile(join(base, 'outside/x.js'), '')

test('a service\'s folder is where its path leads', async () => {
  assert.equal(await serviceFolder({ name: 'web', path: 'services/web' }, root), join(root, 'services/web'))
})
test('a link inside of the root is followed', async () => {
  assert.equal(await serviceFolder({ name: 'web', path: 'inner/web' }, root), join(root, 'services/web'))
})
test('the folder of a file is that which holds it', async () => {
  assert.equal(await serviceFolder({ name: 'web', path: 'hello.js' }, root), root)
})
test('the root itself may be a service', async () => {
  assert.equal(await serviceFolder({ name: 'web', path: '.' }, root), root)
})
test('a link out of the root is refused with where it leads', async () => {
  await assert.rejects(serviceFolder({ name: 'web', path: 'link' }, root), { code: 'WATT_SERVICE_PATH_OUTSIDE', message: /"web".*"link" leads to .*outside/ })
  await assert.rejects(serviceFolder({ name: 'web', path: 'x.js' }, root), { code: 'WATT_SERVICE_PATH_OUTSIDE' })
  await assert.rejects(serviceFolder({ name: 'web', path: '../outside' }, root), { code: 'WATT_SERVICE_PATH_OUTSIDE' })
})
test('a folder beside the root that begins like it is outside', async () => {
  await mkdir(join(base, 'app-two'))
  await assert.rejects(serviceFolder({ name: 'web', path: '../app-two' }, root), { code: 'WATT_SERVICE_PATH_OUTSIDE' })
})
test('a path that is not there is named', async () => {
  await assert.rejects(serviceFolder({ name: 'web', path: 'nothing' }, root), { code: 'WATT_SERVICE_PATH_MISSING', message: /"web".*"nothing"/ })
})

test('a variable is its file\'s whole text, an optional one may be absent, another is named', async () => {
  const envDir = join(base, 'env')
  await mkdir(join(envDir, 'web'), { recursive: true })
  await writeFile(join(envDir, 'web/URL'), 'postgres://x\n')
  assert.deepEqual(readEnvFiles(envDir, 'web', [{ name: 'URL', optional: false }, { name: 'KEY', optional: true }]), { URL: 'postgres://x\n' })
  assert.throws(() => readEnvFiles(envDir, 'web', [{ name: 'KEY', optional: false }]), { code: 'WATT_ENV_FILE_MISSING', message: /"web".*KEY/ })
})

test('settings have defaults, and a wrong port is named', () => {
  assert.deepEqual(readSettings({}, '::'), {
    configFile: '/etc/wattapp/config/app.json', root: '/app', envDir: '/etc/wattapp/env', podDir: '/etc/wattapp/pod', http: { host: '::', port: 8080 }, admin: { host: '::', port: 9464 }
  })
  assert.throws(() => readSettings({ WATTAPP_HTTP_PORT: '80a' }, '::'), { code: 'WATT_SETTING_INVALID', message: /WATTAPP_HTTP_PORT is "80a"/ })
  assert.throws(() => readSettings({ WATTAPP_ADMIN_PORT: '65536' }, '::'), { code: 'WATT_SETTING_INVALID' })
})

/** A folder as a kubelet mounts a ConfigMap: app.json → ..data/app.json, ..data → a folder that is swapped whole. */
async function mount (): Promise<{ file: string, write: (text: string) => Promise<void> }> {
  const folder = await mkdtemp(join(base, 'config-'))
  let version = 0
  async function write (text: string): Promise<void> {
    const name = `..${++version}`
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'app.json'), text)
    await symlink(name, join(folder, '..data_tmp'))
    await rename(join(folder, '..data_tmp'), join(folder, '..data'))
  }
  await write('one')
  await symlink('..data/app.json', join(folder, 'app.json'))
  return { file: join(folder, 'app.json'), write }
}

test('a swapped ConfigMap is seen, each change once, and the text that was known is none', async () => {
  const { file, write } = await mount()
  const changes: Change[] = []
  let tell = (): void => {}
  const next = (): Promise<void> => new Promise((resolve) => { tell = resolve })
  await using watcher = watchConfigFile(file, 'one', async (change) => {
    changes.push(change)
    tell()
  }, systemClock)
  for (const text of ['two', 'two', 'three']) {
    const seen = next()
    await write(text)
    if (changes.at(-1) === undefined || text === 'three') await seen
  }
  const gone = next()
  await rm(file)
  await gone
  assert.deepEqual(changes.slice(0, 2), [{ text: 'two' }, { text: 'three' }])
  assert.equal(changes.length, 3)
  watcher.close()
  assert.match(JSON.stringify(changes[2]), /reason.*ENOENT/)
})
