// Which of a service's listening HTTP servers joins the mesh.

export interface Candidate {
  /** As asked for in listen(); 0 for any. */
  port: number
  /** False once it was closed. */
  isListening: boolean
}

export interface Wanted {
  /** The service's process.env.PORT. */
  portVariable: number | undefined
  /** `port` of the service in the manifest. */
  port: number | undefined
  /** The program's arguments: `--port 8090`. */
  args?: readonly string[]
  /** The service's module was run to its end (for one that only listens: it has had time to). */
  hasStarted: boolean
}

export type Choice = { is: 'chosen', index: number } | { is: 'waiting' } | { is: 'none' } | { is: 'ambiguous', ports: number[] }

/**
 * The one on PORT; else the only one still listening once the service has started; else the one that `port` names; else the only one
 * whose port the arguments name.
 */
export function choose (candidates: readonly Candidate[], { portVariable, port, args = [], hasStarted }: Wanted): Choice {
  const listening = candidates.map((candidate, index) => ({ ...candidate, index })).filter(({ isListening }) => isListening)
  const onVariable = listening.find((candidate) => candidate.port !== 0 && candidate.port === portVariable)
  if (onVariable !== undefined) return { is: 'chosen', index: onVariable.index }
  if (!hasStarted) return { is: 'waiting' }
  const [first] = listening
  if (first === undefined) return { is: 'none' }
  // Servers on one port are one server: Fastify listens on each address of localhost.
  if (listening.every((candidate) => candidate.port === first.port && (first.port !== 0 || candidate === first))) return { is: 'chosen', index: first.index }
  const inArgs = port === undefined ? listening.filter((candidate) => candidate.port !== 0 && args.some((arg) => ends(arg, candidate.port))) : []
  const onPort = new Set(inArgs.map((candidate) => candidate.port)).size === 1 ? inArgs[0] : listening.find((candidate) => candidate.port !== 0 && candidate.port === port)
  return onPort === undefined ? { is: 'ambiguous', ports: listening.map((candidate) => candidate.port) } : { is: 'chosen', index: onPort.index }
}

/** `8090`, `--port=8090`, `tcp://0.0.0.0:8090`. */
function ends (arg: string, port: number): boolean {
  const text = String(port)
  return arg.endsWith(text) && !/[\d.]$/.test(arg.slice(0, -text.length))
}
