// Whatever ends a thread before it is ready is told to the supervisor, once, as the reason why it failed.
import type { WattError } from '../base/error.ts'
import { errors } from './errors.ts'
import { loadError } from './load.ts'
import type { ThreadError, ThreadMessage } from './thread.ts'

/** https://nodejs.org/api/process.html#exit-codes */
const unsettledTopLevelAwait = 13

export class StartReport {
  /** What runs, for people. */
  file: string
  /** What it exports, for people; undefined until it has run. */
  exported: string | undefined
  readonly #service: string
  readonly #post: (message: ThreadMessage) => void

  constructor (service: string, path: string, post: (message: ThreadMessage) => void) {
    this.#service = service
    this.file = path
    this.#post = post
    process.on('exit', this.#onExit)
    process.on('uncaughtExceptionMonitor', this.#onUncaught)
  }

  /** From now on its end is what it is. */
  close (): void {
    process.off('exit', this.#onExit)
    process.off('uncaughtExceptionMonitor', this.#onUncaught)
  }

  failed (thrown: unknown): void {
    this.close()
    this.#post({ type: 'failed', error: threadError(loadError(this.#service, this.file, thrown)) })
  }

  readonly #onUncaught = (thrown: unknown): void => {
    // With a handler of its own the service lives on.
    if (process.listenerCount('uncaughtException') === 0) this.failed(thrown)
  }

  readonly #onExit = (code: number): void => {
    process.exitCode ||= 1
    this.failed(errors.WATT_RUNTIME_ENDED(this.#service, this.file, this.#howItEnded(code)))
  }

  #howItEnded (code: number): string {
    if (code === unsettledTopLevelAwait) return 'its top-level await waits for what never comes'
    if (code !== 0) return `exit code ${code}`
    return this.exported === undefined ? 'it called process.exit()' : `it exports ${this.exported}`
  }
}

/** The stack is that of what the service threw. */
function threadError (error: WattError): ThreadError {
  const { stack } = error.cause instanceof Error ? error.cause : error
  return { ...error.toJSON(), ...(stack !== undefined && { stack }) }
}
