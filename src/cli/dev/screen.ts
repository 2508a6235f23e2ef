// What `wattapp dev` tells a person beside what `run` does: changes, and errors as a block with the place in the code.
import type { Trouble } from '../../supervisor/supervisor.ts'
import { harmless, type Paint } from '../output.ts'

export interface DevScreen {
  changed: (service: string, files: readonly string[]) => string
  /** `retryInMs` undefined: it waits for a change. */
  trouble: (service: string, trouble: Trouble, retryInMs: number | undefined) => string[]
}

/** @param shown a path as a person would name it */
export function createDevScreen (services: readonly string[], paint: Paint, shown: (file: string) => string): DevScreen {
  const width = Math.max(...services.map(({ length }) => length))
  const named = (service: string): string => `  ${paint('bold', service.padEnd(width))}  `
  const indent = ' '.repeat(width + 4)
  const indented = (text: string): string[] => text.split('\n').map((line) => `${indent}${harmless(line)}`)

  return {
    changed (service, files) {
      const [first = '', ...others] = files
      return `${named(service)}${harmless(shown(first))}${others.length === 0 ? '' : ` and ${others.length} more`} changed: starts again`
    },

    trouble (service, { reason, message, hint, place, frame, stack }, retryInMs) {
      return [
        `${named(service)}${paint('red', isBroken(reason) ? 'does not start' : `ended (${reason})`)}${place === undefined ? '' : ` ${paint('bold', harmless(place))}`}`,
        ...indented(message),
        ...frame === undefined ? [] : indented(frame),
        ...stack === undefined ? [] : indented(stack).map((line) => paint('dim', line)),
        ...hint === '' ? [] : [`${indent}${paint('green', 'remedy:')} ${harmless(hint)}`],
        `${indent}${retryInMs === undefined ? 'waits for a change of its files' : `starts again in ${retryInMs} ms`}`
      ]
    }
  }
}

function isBroken (reason: string): boolean {
  return reason === 'startFailed' || reason === 'startTimeout'
}
