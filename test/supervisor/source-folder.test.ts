// When mounted code is the code that was announced, and what is kept of the code before.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { systemClock, type Clock } from '../../src/base/clock.ts'
import { SourceFolder } from '../../src/supervisor/source-folder.ts'

const base = await realpath(await mkdtemp(join(tmpdir(), 'wattapp-')))
after(() => rm(base, { recursive: true }))

/** Every wait is over at once. */
const hasty: Clock = { ...systemClock, after: (_, then) => systemClock.after(0, then) }

let roots = 0

async function mounted (text: string): Promise<{ root: string, swap: (text: string) => Promise<void> }> {
  const root = join(base, `root${++roots}`)
  let version = 0
  async function swap (next: string): Promise<void> {
    await mkdir(join(root, `..v${++version}`), { recursive: true })
    await writeFile(join(root, `..v${version}`, 'a.mjs'), next)
    await symlink(`..v${version}`, join(root, '..new'))
    await rename(join(root, '..new'), join(root, '..data'))
    await rm(join(root, `..v${version - 1}`), { recursive: true, force: true })
  }
  await swap(text)
  await symlink('..data/a.mjs', join(root, 'a.mjs'))
  return { root, swap }
}

test('files that were swapped before they were announced are taken at once', async () => {
  const { root, swap } = await mounted('one')
  const source = new SourceFolder(root, systemClock)
  await source.take('1')
  await swap('two')
  assert.equal(await source.arrived('2'), true)
})

test('files that were announced before they were swapped are waited for', async () => {
  const { root, swap } = await mounted('one')
  const source = new SourceFolder(root, systemClock)
  await source.take('1')
  const arrived = source.arrived('2')
  await swap('two')
  assert.equal(await arrived, true)
})

test('files that never come are not waited for without end', async () => {
  const { root } = await mounted('one')
  const source = new SourceFolder(root, hasty)
  await source.take('1')
  assert.equal(await source.arrived('2'), false)
})

test('code that was refused and is announced again is there already', async () => {
  const { root, swap } = await mounted('one')
  const source = new SourceFolder(root, systemClock)
  await source.take('1')
  await swap('two')
  await source.arrived('2')
  assert.equal(await source.arrived('2'), true)
})

test('a plain folder is what it is', async () => {
  const source = new SourceFolder(base, systemClock)
  await source.take('1')
  assert.equal(await source.arrived('2'), true)
  assert.equal(await source.copyOf('1'), undefined)
})

test('a copy of the code is what it was before the swap, and goes with the pod', async () => {
  const { root, swap } = await mounted('one')
  const source = new SourceFolder(root, systemClock)
  await source.take('1')
  await source.keep('1')
  assert.equal(await source.copyOf('1'), undefined)
  await swap('two')
  await source.arrived('2')
  const copy = await source.copyOf('1') ?? ''
  assert.equal(await readFile(join(copy, 'a.mjs'), 'utf8'), 'one')
  assert.equal(dirname(copy), await realpath(tmpdir()))
  await source.keep('2')
  assert.deepEqual([existsSync(copy), await source.copyOf('1'), await source.copyOf('2')], [false, undefined, undefined])
  await swap('three')
  const second = await source.copyOf('2') ?? ''
  assert.equal(await readFile(join(second, 'a.mjs'), 'utf8'), 'two')
  await source.close()
  assert.equal(existsSync(second), false)
})
