// How much, and how long, a client may take. One place, until `spec.gateway` has words for them.

export const limits = {
  /** Request line and fields together; Node's own default, said here because the 431 names it. Trailers have as much again. */
  maxHeadBytes: 16 * 1024,
  /** From the first byte of a head to its last: slow heads hold a connection at no cost to the client (slowloris). Also without any byte. */
  headMs: 30_000,
  /** The whole request with its body. */
  requestMs: 300_000,
  /** Longer than the idle timeout of the usual load balancers (60 s), so that they close first and never send into a closing socket. */
  keepAliveMs: 72_000,
  /** What a client still sends behind an answer that ends its connection is read so long: a reset would take the answer from it. */
  lingerMs: 2_000,
  /** Requests behind one that is not answered yet, in bytes; then the connection is not read. */
  maxBacklogBytes: 64 * 1024
} as const

/** After a drain begins, how long a connection without a request stays open for its next one, which is answered with `Connection: close`. */
export const idleGraceMs = 1_000

/** Between two looks at all connections, when the shortest time to be kept is `shortestMs`: a quarter of it, a second at most. */
export function tickMs (shortestMs: number): number {
  return Math.max(10, Math.min(1_000, Math.ceil(shortestMs / 4)))
}
