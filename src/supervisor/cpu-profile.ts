// Where a thread spends its time, from a V8 CPU profile, as a stack that a person can read. Pure.
// A loop that was optimised while it ran is missing from profiles that begin later: the innermost frame may then be its caller's.

/** As V8 writes it (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile); lines of call frames from 0. */
export interface CpuProfile {
  nodes: ReadonlyArray<{
    id: number
    callFrame: { functionName: string, url: string, lineNumber: number, columnNumber: number }
    hitCount: number
    children?: readonly number[]
    /** Lines from 1. */
    positionTicks?: ReadonlyArray<{ line: number, ticks: number }>
  }>
}

type Node = CpuProfile['nodes'][number]

/** The stack that was seen most often, innermost first; undefined when no JavaScript of the thread's own was seen. */
export function hottestStack ({ nodes }: CpuProfile): string | undefined {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)))
  const own = nodes.filter(({ callFrame, hitCount }) => hitCount > 0 && callFrame.url !== '' && !callFrame.url.startsWith('node:'))
  const hottest = own.reduce<Node | undefined>((a, b) => a === undefined || b.hitCount > a.hitCount ? b : a, undefined)
  if (hottest === undefined) return undefined
  const stack: string[] = []
  for (let node: Node | undefined = hottest; node !== undefined && node.callFrame.url !== ''; node = parents.get(node.id)) stack.push(frameOf(node))
  return stack.join('\n')
}

/** As in the stack of an Error, with the line that was seen most often where there is one. */
function frameOf ({ callFrame: { functionName, url, lineNumber }, positionTicks = [] }: Node): string {
  const line = positionTicks.reduce((a, b) => b.ticks > a.ticks ? b : a, { line: lineNumber + 1, ticks: 0 }).line
  return `    at ${functionName === '' ? '<anonymous>' : functionName} (${url}:${line})`
}
