// What a build tells a person while it goes on: a list that is drawn anew on a terminal, a line for each begin and end elsewhere.
import { stripVTControlCharacters } from 'node:util'
import { harmless, type Live, type Output } from '../output.ts'
import type { Outcome } from './builder.ts'
import type { Unit } from './plan.ts'

export interface BuildScreen {
  begun: (unit: Unit) => void
  ended: (unit: Unit, outcome: Outcome) => void
  /** Nothing is drawn after it. */
  close: () => void
}

export interface ScreenOptions {
  units: readonly Unit[]
  output: Output
  now: () => number
  /** A path as a person would name it. */
  shown: (path: string) => string
}

const redrawMs = 100

export function createScreen ({ units, output, now, shown }: ScreenOptions): BuildScreen {
  const width = Math.max(0, ...units.map(({ name }) => name.length))
  const begunMs = new Map<Unit, number>()
  const { paintError: paint, live } = output
  let waiting = units.length
  const named = ({ name }: Unit): string => `  ${paint('bold', name.padEnd(width))}`
  const list = live === undefined
    ? undefined
    : new LiveList(live, () => [
      ...[...begunMs].map(([unit, sinceMs]) => `${named(unit)}  ${unit.step.shown} ${paint('dim', seconds(now() - sinceMs))}`),
      ...waiting > begunMs.size ? [paint('dim', `  ${waiting - begunMs.size} more to come`)] : []
    ])
  const tell = (lines: readonly string[]): void => {
    if (list === undefined) lines.forEach(output.tell)
    else list.above(lines)
  }

  return {
    begun (unit) {
      begunMs.set(unit, now())
      if (list === undefined) output.tell(`${named(unit)}  ${unit.step.shown}`)
      else list.draw()
    },
    ended (unit, outcome) {
      begunMs.delete(unit)
      waiting--
      tell(lines(unit, outcome))
    },
    close: () => { list?.close() }
  }

  function lines (unit: Unit, { status, durationMs, lastLines = [], log, problem }: Outcome): string[] {
    switch (status) {
      case 'cached': return [`${named(unit)}  ${paint('green', 'cached')}`]
      case 'built': return [`${named(unit)}  ${paint('green', 'built')} in ${seconds(durationMs)}`]
      case 'skipped': return [`${named(unit)}  ${paint('yellow', 'not built')}`]
      case 'failed': return [
        `${named(unit)}  ${paint('red', 'failed')}${problem?.code === 'WATT_BUILD_FAILED' ? ` after ${seconds(durationMs)}` : ''}`,
        ...lastLines.map((line) => `    ${paint('dim', '│')} ${harmless(line)}`),
        ...log === undefined ? [] : [`    ${paint('dim', `all of it: ${shown(log)}`)}`]
      ]
    }
  }
}

export function seconds (ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round(ms % 60_000 / 1000)} s`
}

/** Lines at the bottom of a terminal that are replaced by new ones; what is told goes above them and stays. */
class LiveList {
  readonly #live: Live
  readonly #lines: () => string[]
  readonly #timer: NodeJS.Timeout
  #drawn = 0

  constructor (live: Live, lines: () => string[]) {
    this.#live = live
    this.#lines = lines
    this.#timer = setInterval(() => this.draw(), redrawMs)
  }

  draw (): void {
    this.#write([], this.#lines())
  }

  above (told: readonly string[]): void {
    this.#write(told, this.#lines())
  }

  close (): void {
    clearInterval(this.#timer)
    this.#write([], [])
  }

  #write (told: readonly string[], lines: readonly string[]): void {
    const { columns, rows } = this.#live.size()
    const fitting = lines.slice(0, Math.max(1, rows - 1)).map((line) => cut(line, columns))
    const up = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A`
    this.#live.write(`${up}\r\u001b[J${[...told, ...fitting].map((line) => `${line}\n`).join('')}`)
    this.#drawn = fitting.length
  }
}

/** A line that wrapped would be counted wrongly. One that is too long loses its colours with its end. */
function cut (line: string, columns: number): string {
  const plain = stripVTControlCharacters(line)
  return plain.length < columns ? line : plain.slice(0, columns - 1)
}
