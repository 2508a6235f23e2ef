// A log record for a person at a terminal: time, level, service, message, then the other fields. Pure.
import type { LogLevel } from '../../api/app-config.ts'
import { reservedFields, type LogRecord } from './record.ts'

const colors: Record<LogLevel, number> = { trace: 90, debug: 36, info: 32, warn: 33, error: 31, fatal: 35 }
const serviceColors = [36, 35, 34, 33, 32, 96, 95, 94]
/** What a logger adds for machines and a person at a terminal knows. */
const noise = new Set(['pid', 'hostname', 'v'])
const colorSelection = /^\[[\d;]*m/

export interface PrettyOptions {
  hasColor: boolean
  /** Milliseconds that local time is ahead of UTC, for the clock time of a record. */
  offsetMs: number
}

export function prettyFormat ({ hasColor, offsetMs }: PrettyOptions): (record: LogRecord) => string {
  const paint = (color: number, text: string): string => hasColor ? `\u001b[${color}m${text}\u001b[0m` : text

  return (record) => {
    const { time, level, msg, service = 'wattapp', worker } = record
    const clock = new Date(time + offsetMs).toISOString().slice(11, 23)
    const who = worker === undefined ? service : `${service}/${worker}`
    const stack = stackOf(record)
    const rest = Object.entries(record)
      .filter(([name, value]) => !reservedFields.has(name) && !noise.has(name) && value !== undefined && (name !== 'err' || stack === undefined))
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    const text = [msg, ...rest].filter((part) => part !== '').join(' ')
    const lines = (stack === undefined ? text : `${text}\n${stack}`).replace(/\p{Cc}/gu, visible).split('\n')
    return `${[paint(90, clock), paint(colors[level], level.toUpperCase().padEnd(5)), paint(colorOf(service), who), lines.join('\n  ')].join(' ')}\n`
  }
}

/** pino's `err.stack`, which is for people rather than a field. */
function stackOf ({ err }: LogRecord): string | undefined {
  if (typeof err !== 'object' || err === null || !('stack' in err)) return undefined
  return typeof err.stack === 'string' ? err.stack : undefined
}

/** Control characters but for newline, tab and what selects colours (SGR): they could move the cursor and forge lines. */
function visible (character: string, at: number, whole: string): string {
  if (character === '\n' || character === '\t') return character
  if (character === '\u001b' && colorSelection.test(whole.slice(at + 1, at + 20))) return character
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}

function colorOf (service: string): number {
  let sum = 0
  for (const character of service) sum += character.charCodeAt(0)
  return serviceColors[sum % serviceColors.length] ?? 36
}
