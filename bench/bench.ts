// What the rows of a family share while they are measured: where things are, and the sides that were started once for all of them.
import { Lifetime } from '../src/base/lifetime.ts'
import type { Loader } from './load/load.ts'
import type { Children } from './process/children.ts'

export interface Bench {
  /** How long one load lasts, in whole seconds; more while warming. */
  loadSeconds: number
  /** The figures of this round do not count. */
  isWarming: boolean
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

export interface Surroundings extends Omit<Bench, 'share' | 'isWarming'> {
  /** How long one load lasts in the round that only warms. A server of several threads takes longest to reach its pace. */
  warmSeconds: number
}

/** One family's bench; `life` ends all that was shared. */
export function openBench (surroundings: Surroundings): { life: Lifetime, round: (isWarming: boolean) => Bench } {
  const life = new Lifetime()
  const things = new Map<string, Promise<unknown>>()
  function share<Thing> (key: string, start: (life: Lifetime) => Promise<Thing>): Promise<Thing> {
    const thing = things.get(key) as Promise<Thing> | undefined ?? start(life)
    things.set(key, thing)
    return thing
  }
  return {
    life,
    round: (isWarming) => ({ ...surroundings, share, isWarming, loadSeconds: isWarming ? surroundings.warmSeconds : surroundings.loadSeconds })
  }
}
