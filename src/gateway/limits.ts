// How much, and how long, a client may take. One place, until `spec.gateway` has words for them.

export const limits = {
  /** Request line and fields together; Node's own default, said here because the 431 names it. */
  maxHeaderSize: 16 * 1024,
  /** Slow heads hold a connection at no cost to the client (slowloris). */
  headersTimeout: 30_000,
  /** The whole request with its body. */
  requestTimeout: 300_000,
  /** Longer than the idle timeout of the usual load balancers (60 s), so that they close first and never send into a closing socket. */
  keepAliveTimeout: 72_000,
  /** How often the two timeouts are looked at. */
  connectionsCheckingInterval: 5_000
} as const

/** After a drain begins, how long a connection without a request stays open for its next one, which is answered with `Connection: close`. */
export const idleGraceMs = 1_000
