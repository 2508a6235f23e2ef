// The images can be made from what the sources import: found out here, in seconds, and not when a cluster's nodes wait for them.
import assert from 'node:assert/strict'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import typescript from 'typescript'
import { importClosure, writeImageContext } from '../../tools/image-context.ts'

const repository = join(import.meta.dirname, '../..')
const root = mkdtempSync(join(tmpdir(), 'wattapp-image-context-'))
after(() => rmSync(root, { recursive: true, force: true }))

const compilerOptions = { target: typescript.ScriptTarget.ESNext, module: typescript.ModuleKind.ESNext, verbatimModuleSyntax: true, rewriteRelativeImportExtensions: true }

for (const file of globSync('src/**/*.ts', { cwd: repository })) {
  const target = join(root, file.replace(/^src/, 'dist').replace(/\.ts$/, '.js'))
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, typescript.transpileModule(readFileSync(join(repository, file), 'utf8'), { compilerOptions, fileName: file }).outputText)
}
symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
writeFileSync(join(root, 'package.json'), readFileSync(join(repository, 'package.json')))

for (const name of ['runtime', 'operator', 'build']) {
  test(`the ${name} image holds what its entry reaches`, () => {
    const { files, packages } = writeImageContext(root, name, join(root, name))
    assert.ok(files > 50 && packages.length > 0, `${files} files, ${packages.length} packages`)
  })
}

test('every runtime is in the image, with no framework: a service brings its own', () => {
  const { files, packages } = importClosure(root, ['supervisor/main.js'])
  const reached = [...files].map((file) => file.slice(root.length + 1))
  const modules = globSync('dist/runtimes/{,*/}serve.js', { cwd: root })
  assert.ok(modules.length > 0)
  assert.deepEqual(modules.filter((file) => !reached.includes(file)), [])
  assert.deepEqual([...packages].filter((name) => ['next', 'astro', 'vite', 'react-router', '@nestjs/core'].includes(name)), [])
})
