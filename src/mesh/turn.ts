// Fair turns: frames are not kernel events, so a burst of them would starve timers, sockets and the control port.
// All peers of a thread share one budget a turn of the event loop; what is left waits for the next turn.

/** A burst of 10,000 calls must leave timers within 50 ms: 16 requests a turn allow each 3 ms of a handler's own time. */
const budget = 64
export const costOfRequest = 4
export const costOfFrame = 1

export interface Waiting { resume: () => void }

export class Turn {
  #spent = 0
  #isCounting = false
  #waiting: Waiting[] = []

  /** False: this turn's budget is used up; say `wait`. */
  get hasBudget (): boolean {
    return this.#spent < budget
  }

  spend (cost: number): void {
    this.#spent += cost
    // Turns are only told apart when much was spent: an idle ping-pong then pays for one immediate in eight requests.
    if (this.#spent >= budget / 2) this.#count()
  }

  /** Calls `resume` in a later turn, after those who waited before. */
  wait (who: Waiting): void {
    this.#waiting.push(who)
    this.#count()
  }

  #count (): void {
    if (this.#isCounting) return
    this.#isCounting = true
    setImmediate(this.#begin)
  }

  #begin = (): void => {
    this.#spent = 0
    this.#isCounting = false
    for (let count = this.#waiting.length; count > 0 && this.hasBudget; count--) this.#waiting.shift()?.resume()
    if (this.#waiting.length > 0) this.#count()
  }
}
