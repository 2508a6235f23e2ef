// What the supervisor knows of a thread from outside, told by a child process itself: its loop, its memory, its metrics.
import { getHeapStatistics } from 'node:v8'
import { machineMs, reportMs, type ProcessMessage } from './process-message.ts'

/** The metrics page is told of once a second: a scrape comes every fifteen or so. */
const reportsAPage = 10

const hasProc = process.platform === 'linux'

export interface Report {
  /** What has changed in the page; before the process ends. */
  flush: () => void
}

export function startReport (page: SharedArrayBuffer, send: (message: ProcessMessage) => void): Report {
  const slots = new Float64Array(page)
  const told = new Float64Array(slots.length)
  let reports = 0

  function tellFigures (): void {
    const { idle, active } = performance.eventLoopUtilization()
    const { used_heap_size: heapUsedBytes, external_memory: externalBytes } = getHeapStatistics()
    send({ type: 'figures', idle, active, heapUsedBytes, externalBytes: externalBytes ?? 0, residentBytes: hasProc ? 0 : process.memoryUsage.rss(), atMs: machineMs() })
  }

  function tellPage (): void {
    const at: number[] = []
    const values: number[] = []
    for (let slot = 0; slot < slots.length; slot++) {
      const value = slots[slot] ?? 0
      if (value === told[slot]) continue
      told[slot] = value
      at.push(slot)
      values.push(value)
    }
    if (at.length > 0) send({ type: 'page', at, values })
  }

  setInterval(() => {
    tellFigures()
    if (++reports % reportsAPage === 0) tellPage()
  }, reportMs).unref()
  tellFigures()
  return { flush: tellPage }
}
