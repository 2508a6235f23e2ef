// Counts the jobs of this thread that come out of the libuv pool, for a while: the supervisor asks when the pool is full.
// Only what runs in the pool has such resources; those of native addons are not told apart.
import { createHook, executionAsyncResource } from 'node:async_hooks'
import type { Clock } from '../base/clock.ts'

const ofThePool = /^(?:\w+Job|FSReq(?:Callback|Promise)|Get(?:AddrInfo|NameInfo)ReqWrap|Zlib|Brotli\w+|Zstd\w+)$/

/** Calls `done` with their number after `forMs`. Hooks cost each callback of the thread something, so not for ever. */
export function countPoolJobs (forMs: number, clock: Clock, done: (jobs: number) => void): void {
  let jobs = 0
  const options = {
    before () {
      const resource: unknown = executionAsyncResource()
      const name: unknown = typeof resource === 'object' && resource !== null ? resource.constructor?.name : undefined
      if (typeof name === 'string' && ofThePool.test(name)) jobs++
    },
    // Without it each await would be seen too.
    trackPromises: false
  }
  const hook = createHook(options).enable()
  clock.after(forMs, () => {
    hook.disable()
    done(jobs)
  }, { unref: true })
}
