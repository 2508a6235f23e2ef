import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { codeFrame } from '../../src/cli/dev/code-frame.ts'
import { readStack, type ReadStack } from '../../src/cli/dev/stack.ts'

const isForeign = (file: string): boolean => file.includes('/node_modules/')

const rows: Record<string, { stack: string, read: ReadStack }> = {
  'of an error thrown in a module': {
    stack: `TypeError: x is not a function
    at handler (file:///shop/web/index.js:3:9)
    at /shop/web/node_modules/express/lib/router.js:12:3
    at process.processTimers (node:internal/timers:618:7)
    at async serve (/shop/web/a%20b.js:1:2)`,
    read: { message: 'TypeError: x is not a function', frames: ['at handler (file:///shop/web/index.js:3:9)', 'at async serve (/shop/web/a%20b.js:1:2)'], at: { file: '/shop/web/index.js', line: 3, column: 9 } }
  },
  'of a message of several lines, thrown by a package alone': {
    stack: `Error: one
two
    at /shop/node_modules/x/index.js:12:3`,
    read: { message: 'Error: one\ntwo', frames: ['at /shop/node_modules/x/index.js:12:3'], at: undefined }
  },
  'of CommonJS that does not parse': {
    stack: `/shop/web/index.cjs:4
  foo(]
      ^

SyntaxError: Unexpected token ']'
    at wrapSafe (node:internal/modules/cjs/loader:1888:18)`,
    read: { message: "SyntaxError: Unexpected token ']'", frames: [], at: { file: '/shop/web/index.cjs', line: 4, column: 7 } }
  },
  'of an import that is not exported': {
    stack: `file:///shop/web/index.js:1
import { nothing } from './other.js'
         ^^^^^^^
SyntaxError: The requested module './other.js' does not provide an export named 'nothing'
    at ModuleJob._instantiate (node:internal/modules/esm/module_job:180:21)`,
    read: { message: "SyntaxError: The requested module './other.js' does not provide an export named 'nothing'", frames: [], at: { file: '/shop/web/index.js', line: 1, column: 10 } }
  },
  'of a module under a name of its own, with a file URL that is encoded': {
    stack: `Error: x
    at file:///shop/a%20b.js?service=web:7:1`,
    read: { message: 'Error: x', frames: ['at file:///shop/a%20b.js?service=web:7:1'], at: { file: '/shop/a b.js', line: 7, column: 1 } }
  },
  'of nothing but words': { stack: 'it called process.exit(1)', read: { message: 'it called process.exit(1)', frames: [], at: undefined } }
}

for (const [name, { stack, read }] of Object.entries(rows)) {
  test(`a stack ${name} is read`, () => assert.deepEqual(readStack(stack, isForeign), read))
}

test('any text is read as a stack', () => {
  fc.assert(fc.property(fc.string(), (text) => { readStack(text, isForeign) }))
  fc.assert(fc.property(fc.array(fc.constantFrom('    at ', 'file:///x', '/y.js', ':1', ':2', '(', ')', '\n', '^', '%', '?')), (parts) => { readStack(parts.join(''), isForeign) }))
})

test('a code frame shows the lines around a place, and marks it', () => {
  assert.equal(codeFrame('one\ntwo\n\tthree()\nfour\nfive\nsix', 3, 2), `  1 | one
  2 | two
> 3 |   three()
    |   ^
  4 | four
  5 | five`)
  assert.equal(codeFrame('one', 1, 1), '> 1 | one\n    | ^')
  assert.equal(codeFrame('one', 2, 1), undefined)
})

test('a code frame is made of any place, without control characters', () => {
  fc.assert(fc.property(fc.string(), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 200 }), (source, line, column) => {
    assert.doesNotMatch(codeFrame(source, line, column) ?? '', /[^\P{Cc}\n]/u)
  }))
})
