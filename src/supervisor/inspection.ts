// What a debugger's endpoint is told of the workers. It is a port of whoever starts the supervisor (cli/inspect): no pod has one.

export interface Inspection {
  /** None of its code has run yet. `threadId`: absent of a child process, which is `reached` later. */
  began: (worker: { id: number, services: readonly string[], threadId?: number }) => void
  /** Where a child process speaks with debuggers: a `ws:` URL. */
  reached: (id: number, url: string) => void
  /** It stands before the first line of `file` (absolute), until a debugger lets it run. */
  waits: (id: number, service: string, file: string) => void
  /** Others take its place: who looks for the service shall not find this one any more. */
  leaves: (id: number) => void
  /** A thread that is told to end, and does not while a debugger holds it. */
  release: (id: number) => void
  ended: (id: number) => void
  /** Whether a worker of that service is to wait for a debugger each time that it starts. */
  stops: (service: string) => boolean
}
