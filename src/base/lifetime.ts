// Undo what was started, in reverse order: whatever starts, closes.

type Undo = () => unknown

/** `close()` is idempotent, awaits everything and throws the first failure after all were tried. */
export class Lifetime implements AsyncDisposable {
  #undos: Undo[] = []
  #closing: Promise<void> | undefined

  /** Remembers how to undo `thing`, and hands it back. */
  add<Thing> (thing: Thing, undo: (thing: Thing) => unknown): Thing {
    this.#undos.push(() => undo(thing))
    return thing
  }

  close (): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close (): Promise<void> {
    const failures: unknown[] = []
    for (const undo of this.#undos.reverse()) {
      try { await undo() } catch (thrown) { failures.push(thrown) }
    }
    if (failures.length > 0) throw failures[0]
  }

  [Symbol.asyncDispose] (): Promise<void> {
    return this.close()
  }
}
