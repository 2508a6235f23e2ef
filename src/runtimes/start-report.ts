// Whatever ends a worker before one of its services is ready is told to the supervisor, once, as the reason why that one failed.
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
  /** Its code is being loaded, or runs and is not ready. */
  isOpen = false
  readonly #service: string
  readonly #post: (message: ThreadMessage) => void

  constructor (service: string, path: string, post: (message: ThreadMessage) => void) {
    this.#service = service
    this.file = path
    this.#post = post
  }

  open (): void {
    this.isOpen = true
  }

  /** From now on its end is what it is. */
  close (): void {
    this.isOpen = false
  }

  failed (thrown: unknown): void {
    this.close()
    this.#post({ type: 'failed', service: this.#service, error: threadError(loadError(this.#service, this.file, thrown)) })
  }

  /** The worker ends with this code. */
  ended (code: number): void {
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
