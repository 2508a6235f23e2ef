// Loads the page of an error again once something has changed: it holds no module of the app, so that Vite has nothing to tell it.
import type { ViteServer } from '../vite.ts'

export class Mending {
  /** Of Vite's: after a change, when what was made of the file is forgotten. */
  readonly plugin = { name: 'wattapp:mending', handleHotUpdate: (): void => this.#changed() }
  #vite: ViteServer | undefined
  #state: 'whole' | 'broken' | 'changed' = 'whole'

  watch (vite: ViteServer): void {
    this.#vite = vite
    // The page may have been sent before the change, and listen only after it.
    vite.ws.on('connection', () => this.#reload())
  }

  /** The last page could, or could not, be made. */
  said (isBroken: boolean): void {
    this.#state = isBroken ? 'broken' : 'whole'
  }

  #changed (): void {
    if (this.#state === 'broken') this.#state = 'changed'
    this.#reload()
  }

  #reload (): void {
    if (this.#state === 'changed') this.#vite?.ws.send({ type: 'full-reload' })
  }
}
