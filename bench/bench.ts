// What the rows of a family share while they are measured: where things are, and the sides that were started once for all of them.
import { Lifetime } from '../src/base/lifetime.ts'
import type { Loader } from './load/load.ts'
import type { Children } from './process/children.ts'

export interface Bench {
  isQuick: boolean
  /** How long one load lasts, in whole seconds. */
  loadSeconds: number
  loader: Loader
  children: Children
  /** For what must be a file; removed at the end. */
  folder: string
  /** The build of ours: a folder with cli/main.js. */
  dist: string
  /** Words on progress, for people. */
  tell: (text: string) => void
  /** Starts at the first call, gives the same to all later ones, ends with the family. What failed once is not tried again. */
  share: <Thing>(key: string, start: (life: Lifetime) => Promise<Thing>) => Promise<Thing>
}

export type Surroundings = Omit<Bench, 'share'>

/** One family's bench; `life` ends all that was shared. */
export function openBench (surroundings: Surroundings): Bench & { life: Lifetime } {
  const life = new Lifetime()
  const things = new Map<string, Promise<unknown>>()
  return {
    ...surroundings,
    life,
    share<Thing> (key: string, start: (life: Lifetime) => Promise<Thing>) {
      const thing = things.get(key) as Promise<Thing> | undefined ?? start(life)
      things.set(key, thing)
      return thing
    }
  }
}
