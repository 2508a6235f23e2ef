// Which ready worker gets the request: the one with the fewest under way; among equals, in turn.

/** Index into `ready`; -1 when it is empty. `turn` is any number that grows by one a pick. */
export function pick (ready: readonly number[], underWay: (worker: number) => number, turn: number): number {
  if (ready.length < 2) return ready.length - 1
  let best = -1
  let least = Infinity
  for (let step = 0; step < ready.length; step++) {
    const index = (turn + step) % ready.length
    const load = underWay(ready[index] ?? -1)
    if (load < least) {
      least = load
      best = index
    }
  }
  return best
}
