// A child process' figures in memory that the supervisor's main thread and the carrier share: read at each look, without a question. Pure.

/** Slots of a Float64Array. Times are milliseconds of the machine's monotonic clock. */
const slot = { idle: 0, active: 1, heapUsedBytes: 2, externalBytes: 3, residentBytes: 4, reportedAtMs: 5, watchedAtMs: 6 } as const

export type FigureName = keyof typeof slot

export const figuresBytes = Object.keys(slot).length * Float64Array.BYTES_PER_ELEMENT

/** Reports come every 100 ms, and the carrier looks every 50: silence up to here is nothing. */
const silenceMs = 250

export function setFigures (figures: Float64Array, values: Partial<Record<FigureName, number>>): void {
  for (const [name, value] of Object.entries(values)) figures[slot[name as FigureName]] = value
}

/**
 * Idle and active milliseconds. A child that reports no more is in one long turn of its loop since: the carrier's own time is the
 * measure, so that a carrier that was held up does not make all of its children look blocked.
 */
export function loopOf (figures: Float64Array): { idle: number, active: number } {
  const silentMs = read(figures, 'watchedAtMs') - read(figures, 'reportedAtMs')
  return { idle: read(figures, 'idle'), active: read(figures, 'active') + (silentMs > silenceMs ? silentMs : 0) }
}

export function memoryOf (figures: Float64Array): { heapUsedBytes: number, externalBytes: number, residentBytes: number } {
  return { heapUsedBytes: read(figures, 'heapUsedBytes'), externalBytes: read(figures, 'externalBytes'), residentBytes: read(figures, 'residentBytes') }
}

function read (figures: Float64Array, name: FigureName): number {
  return figures[slot[name]] ?? 0
}
