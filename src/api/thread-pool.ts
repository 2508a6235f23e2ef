// The libuv pool that all services of a pod share: file system, DNS lookups, compression and password hashes wait there.

/**
 * UV_THREADPOOL_SIZE of a pod. Node's own 4 let one service's password hashes hold another's file reads; many more would
 * take the cores from the event loops when one service floods the pool.
 */
export const threadPoolSize = 8
