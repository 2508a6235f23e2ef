// A number in shared memory that one thread writes and the main thread reads.
// Plain 64-bit stores: V8 writes an aligned Float64 in one instruction on every platform that we run on.

export interface Counter { add: (by?: number) => void }
export interface Gauge { set: (value: number) => void, add: (by: number) => void }

/** Only ever grows: a negative or NaN step is ignored. */
export function counterAt (slots: Float64Array, at: number): Counter {
  return { add: (by = 1) => { if (by > 0) slots[at] = (slots[at] ?? 0) + by } }
}

export function gaugeAt (slots: Float64Array, at: number): Gauge {
  return {
    set: (value) => { slots[at] = value },
    add: (by) => { slots[at] = (slots[at] ?? 0) + by }
  }
}
