// Buffers of bodies are many, large and soon of no use. V8 looks for young ones after 64 MiB of them, but marks the whole heap when 64 MiB
// of any kind have come since it last did, so it is always marking: a quarter of the time of a thread that reads uploads. So young
// objects are collected before, which takes a fraction of a millisecond (collector.ts has the flags that belong to it).
import { collector, type Collect } from './compact.ts'

/** Below: collections cost more than cold memory. Above: V8's own limit comes first (supervisor/collector.ts). */
const everyBytes = 24 * 2 ** 20

export class YoungBuffers {
  readonly #open: () => Collect | undefined
  #collect: Collect | undefined
  #bytes = 0

  /** @param open asked again later when it has none */
  constructor (open: () => Collect | undefined = () => collector('young')) {
    this.#open = open
  }

  /** Another Buffer of that size, to be used at once and let go by most. */
  made (bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes < everyBytes) return
    this.#bytes = 0
    this.#collect ??= this.#open()
    this.#collect?.()
  }
}
