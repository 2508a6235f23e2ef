// What browsers are to be told of each service: its trouble, and whether anything has changed since they looked.
import type { DevelopmentState, Trouble } from '../../supervisor/supervisor.ts'

interface State { revision: number, trouble: Trouble | undefined, hasChanged: boolean }

export class States {
  readonly #states = new Map<string, State>()
  readonly #tell: (states: DevelopmentState[]) => void

  constructor (tell: (states: DevelopmentState[]) => void) {
    this.#tell = tell
  }

  /** Its files have: what comes of it is worth another look. */
  changed (service: string): void {
    Object.assign(this.#of(service), { hasChanged: true, trouble: undefined })
    this.#post()
  }

  ready (service: string): void {
    const state = this.#of(service)
    // A crash in a request stays known: the next one may be asked about.
    if (!state.hasChanged) return
    this.#look(state)
    state.trouble = undefined
    this.#post()
  }

  /** `isFinal`: it is not started again by itself, so that looking again does no harm. */
  failed (service: string, trouble: Trouble, isFinal: boolean): void {
    const state = this.#of(service)
    state.trouble = trouble
    if (isFinal || state.hasChanged) this.#look(state)
    this.#post()
  }

  /** Once more, to a gateway that has not heard of it. */
  repeat (): void {
    this.#post()
  }

  #look (state: State): void {
    state.revision++
    state.hasChanged = false
  }

  #of (service: string): State {
    const state = this.#states.get(service) ?? { revision: 0, trouble: undefined, hasChanged: false }
    this.#states.set(service, state)
    return state
  }

  #post (): void {
    this.#tell([...this.#states].map(([service, { revision, trouble }]) => ({ service, revision, ...(trouble !== undefined && { trouble }) })))
  }
}
