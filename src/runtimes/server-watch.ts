// Waits for the server with which a service joins the mesh, among those that it starts.
import type { Server } from 'node:http'
import { errors as meshErrors } from '../mesh/errors.ts'
import { choose, type Choice } from '../mesh/serve/choose.ts'
import type { ListenCatch } from '../mesh/serve/listen.ts'
import type { Clock, Timer } from '../base/clock.ts'
import type { StartedServers } from './runtime.ts'

/** After the module has run: servers must be the same for this long before one that is not on PORT is taken. */
const quietMs = 100

/** After the module has run: a service that no route leads to and that does not listen by then is a background service. */
const backgroundMs = 1000

export interface ServerWatchOptions {
  /** For errors. */
  service: string
  caught: ListenCatch
  /** The service's PORT. */
  port: number
  /** The service's own `port`. */
  named: number | undefined
  clock: Clock
}

export type Found = { server: Server, index: number } | 'background'

export class ServerWatch implements StartedServers {
  readonly #options: ServerWatchOptions
  #changed: () => void = () => {}

  constructor (options: ServerWatchOptions) {
    this.#options = options
  }

  /** A server was caught, or closed. */
  changed (): void {
    this.#changed()
  }

  listening (): Server[] {
    return this.#options.caught.servers.filter(({ isListening }) => isListening).map(({ server }) => server)
  }

  onPort (): Server | undefined {
    const choice = this.#choose(false)
    return choice.is === 'chosen' ? this.#options.caught.servers[choice.index]?.server : undefined
  }

  /**
   * A server on PORT is found at once. Else, `whenRun` having resolved: the choice among those that have stood for a while;
   * and 'background' when there are none for longer and `mayBeBackground`.
   * @throws what `whenRun` rejects with, and WATT_SERVER_AMBIGUOUS
   */
  async find (whenRun: Promise<unknown>, mayBeBackground: boolean): Promise<Found> {
    const { clock } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<Found>()
    let hasRun = false
    let timer: Timer | undefined

    const look = (): void => {
      timer?.cancel()
      const now = this.#choose(false)
      if (now.is === 'chosen') return resolve(this.#found(now.index))
      if (!hasRun) return
      if (this.listening().length > 0) timer = clock.after(quietMs, settle)
      // Not a reason to live: a program that has come to its end must end.
      else if (mayBeBackground) timer = clock.after(backgroundMs, () => resolve('background'), { unref: true })
    }

    const settle = (): void => {
      const choice = this.#choose(true)
      if (choice.is === 'chosen') resolve(this.#found(choice.index))
      else if (choice.is === 'ambiguous') reject(meshErrors.WATT_SERVER_AMBIGUOUS(this.#options.service, choice.ports.join(', ')))
    }

    this.#changed = look
    look()
    whenRun.then(() => {
      hasRun = true
      look()
    }, reject)
    try {
      return await promise
    } finally {
      timer?.cancel()
      this.#changed = () => {}
    }
  }

  #choose (hasStarted: boolean): Choice {
    const { caught, port, named } = this.#options
    return choose(caught.servers, { portVariable: port, port: named, args: process.argv.slice(2), hasStarted })
  }

  #found (index: number): Found {
    const server = this.#options.caught.servers[index]?.server
    return server === undefined ? 'background' : { server, index }
  }
}
