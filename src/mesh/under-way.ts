// What is under way on a link, by the number of its exchange. A Map would do, but for what it keeps: one that is added to and taken
// from with ever new keys makes a new table every so often, each old table still points to what was in it and to the table after it,
// and once one of them is in V8's old space all that follow, and their requests, outlive every young collection.

export interface Numbered { readonly id: number }

const fewest = 64
/** Past it a clash of numbers costs a Map entry, which is rare enough. */
const most = 2 ** 16

export class UnderWay<T extends Numbered> {
  #slots: Array<T | undefined> = new Array<T | undefined>(fewest).fill(undefined)
  #mask = fewest - 1
  /** Those whose slot was taken: by what stays long (an upgrade), or in a burst. */
  #others: Map<number, T> | undefined
  size = 0

  /** No other of this number is under way. */
  add (one: T): void {
    this.size++
    if (this.size > this.#slots.length >> 2 && this.#slots.length < most) this.#grow()
    this.#put(one)
  }

  get (id: number): T | undefined {
    const found = this.#slots[id & this.#mask]
    return found !== undefined && found.id === id ? found : this.#others?.get(id)
  }

  /** False: it was not there. */
  delete (id: number): boolean {
    const at = id & this.#mask
    if (this.#slots[at]?.id === id) this.#slots[at] = undefined
    else if (this.#others === undefined || !this.#others.delete(id)) return false
    this.size--
    return true
  }

  /** All of them, the oldest first. Numbers may have begun anew at the lowest. */
  all (): T[] {
    const all = this.#slots.filter((one) => one !== undefined)
    if (this.#others !== undefined) all.push(...this.#others.values())
    return all.sort((a, b) => (a.id - b.id) | 0)
  }

  /** Takes all of them out. */
  clear (): T[] {
    const all = this.all()
    this.#slots.fill(undefined)
    this.#others = undefined
    this.size = 0
    return all
  }

  #put (one: T): void {
    const at = one.id & this.#mask
    if (this.#slots[at] === undefined) this.#slots[at] = one
    else (this.#others ??= new Map()).set(one.id, one)
  }

  #grow (): void {
    const all = this.all()
    this.#others = undefined
    this.#slots = new Array<T | undefined>(this.#slots.length * 2).fill(undefined)
    this.#mask = this.#slots.length - 1
    for (const one of all) this.#put(one)
  }
}
