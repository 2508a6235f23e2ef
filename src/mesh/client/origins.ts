// What the origins of a thread's requests name: a program calls few of them, over and over, so each is read once.
import { hostOf, nameOf } from './names.ts'

export interface Origin {
  /** What `http://<name>.internal` names, declared or not. */
  name: string
  /** For the Host field: host and port, as they were given. */
  authority: string
}

/** A crawler's origins must not pile up; those of its own app are soon there again. */
const limit = 256

export class Origins {
  readonly #known = new Map<string, Origin | null>()

  /** Null: it can be no service's. */
  read (origin: string): Origin | null {
    let read = this.#known.get(origin)
    if (read === undefined) {
      if (this.#known.size >= limit) this.#known.clear()
      read = parse(origin)
      this.#known.set(origin, read)
    }
    return read
  }
}

function parse (origin: string): Origin | null {
  const target = hostOf(origin)
  const name = target === undefined || target.isTls ? undefined : nameOf(target.host)
  return name === undefined ? null : { name, authority: origin.slice(origin.indexOf('//') + 2) }
}
