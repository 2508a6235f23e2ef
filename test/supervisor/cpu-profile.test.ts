// From V8's profile of a thread to a stack.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hottestStack, type CpuProfile } from '../../src/supervisor/cpu-profile.ts'

function node (id: number, functionName: string, url: string, hitCount: number, children: number[] = [], ticks?: Array<{ line: number, ticks: number }>): CpuProfile['nodes'][number] {
  return { id, callFrame: { functionName, url, lineNumber: 9, columnNumber: 0 }, hitCount, children, ...(ticks !== undefined && { positionTicks: ticks }) }
}

const root = node(1, '(root)', '', 0, [2, 5])
const file = 'file:///app/web.mjs'

const rows: Record<string, { nodes: CpuProfile['nodes'], stack: string | undefined }> = {
  'the stack leads from the hottest function to its outermost caller': {
    nodes: [root, node(2, '', file, 1, [3]), node(3, 'spin', file, 70, [], [{ line: 12, ticks: 3 }, { line: 14, ticks: 67 }]), node(5, '(garbage collector)', '', 90)],
    stack: `    at spin (${file}:14)\n    at <anonymous> (${file}:10)`
  },
  'an idle thread has none': { nodes: [root, node(2, '(idle)', '', 80), node(5, '(program)', '', 2)], stack: undefined },
  'Node\'s own code is not what is looked for': { nodes: [root, node(2, 'processTimers', 'node:internal/timers', 80)], stack: undefined },
  'an empty profile has none': { nodes: [], stack: undefined }
}
for (const [name, { nodes, stack }] of Object.entries(rows)) {
  test(name, () => assert.equal(hottestStack({ nodes }), stack))
}
