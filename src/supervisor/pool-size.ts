// Imported before anything else: libuv reads the size of its pool once, when the first job comes.
import { threadPoolSize } from '../api/thread-pool.ts'

// The pod's template sets it; on a laptop nobody has.
process.env.UV_THREADPOOL_SIZE ??= String(threadPoolSize)
