// Whose code runs, where several services share a worker: told by the async context in which each was loaded, and by it whatever
// the service began since: timers, pools, servers, requests that are being served.
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import type { Enter } from '../mesh/mesh.ts'

export class ServiceScopes<Service> {
  readonly #storage = new AsyncLocalStorage<Service>()
  #thrown: { error: unknown, service: Service } | undefined

  /** Undefined in code that no service began. */
  get current (): Service | undefined {
    return this.#storage.getStore()
  }

  /** Runs code as that of `service`, and of nothing that called it: its own context alone is seen. */
  enterOf (service: Service): Enter {
    const scope = this.#storage.run(service, () => new AsyncResource('WattAppService'))
    return (run, ...args) => {
      try {
        return scope.runInAsyncScope(run, undefined, ...args)
      } catch (thrown) {
        // Once it has left the scope, nothing else tells whose it was.
        this.#thrown = { error: thrown, service }
        throw thrown
      }
    }
  }

  /** Of an error that nobody caught, in a listener of `uncaughtExceptionMonitor`. */
  culprit (error: unknown): Service | undefined {
    return this.#thrown?.error === error ? this.#thrown?.service : this.current
  }
}
