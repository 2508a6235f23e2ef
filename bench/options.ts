// The command line of `npm run bench`. Pure.

export interface Options<Id extends string> {
  /** The rows to measure; all of them unless --only. */
  only: readonly Id[]
  /** Under five minutes for all rows on two cores. */
  isQuick: boolean
  /** Rounds that count; undefined: each family's own. */
  rounds: number | undefined
  json: string | undefined
  /** A build to measure, instead of one made from the sources. */
  dist: string | undefined
  action: 'run' | 'list' | 'help'
}

export class UsageError extends Error {}

export const usage = `Usage: npm run bench -- [options]

Ours beside its peers, alternately, on this machine and this Node.js. Prints one table: figures, ratio, spread, bar.
Exit code: 0 when every row reaches its bar, 1 when one misses it or could not be measured, 2 for a wrong command line.

  --only ROW…    these rows alone (names after it, or separated by commas)
  --quick        short runs: all rows in under five minutes on two cores
  --runs N       rounds that count, after the one that only warms
  --json FILE    write the results: [{ row, ours, peer, ratio, bar, ok, … }]
  --dist FOLDER  measure this build (a folder with cli/main.js) instead of building the sources
  --list         the rows, what each compares, its bar
  --help         this text`

/**
 * @param argv what comes after the program
 * @throws UsageError with what to write instead
 */
export function readOptions<Id extends string> (argv: readonly string[], ids: readonly Id[]): Options<Id> {
  const options: Options<Id> = { only: ids, isQuick: false, rounds: undefined, json: undefined, dist: undefined, action: 'run' }
  const words = argv.flatMap((word) => {
    const [, name, value] = /^(--[a-z]+)=(.*)$/s.exec(word) ?? []
    return name === undefined || value === undefined ? [word] : [name, value]
  })
  const only: string[] = []
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    switch (word) {
      case '--quick': options.isQuick = true; break
      case '--list': options.action = 'list'; break
      case '--help': case '-h': options.action = 'help'; break
      case '--json': options.json = valueOf(word, 'a file', words); break
      case '--dist': options.dist = valueOf(word, 'a folder', words); break
      case '--runs': options.rounds = roundsOf(valueOf(word, 'a number', words)); break
      case '--only': {
        only.push(...valueOf(word, 'row ids', words).split(','))
        while (words[0] !== undefined && !words[0].startsWith('-')) only.push(...(words.shift() ?? '').split(','))
        break
      }
      default: throw new UsageError(word.startsWith('-') ? `there is no option \`${word}\`` : `\`${word}\` belongs to no option; rows are picked by --only ROW…`)
    }
  }
  const wanted = only.filter((id) => id !== '')
  const unknown = wanted.filter((id) => !ids.some((known) => known === id))
  if (unknown.length > 0) throw new UsageError(`there is no row ${unknown.map((id) => `\`${id}\``).join(', ')}; the rows are ${ids.join(' ')}`)
  if (only.length > 0) options.only = ids.filter((id) => wanted.includes(id))
  if (options.only.length === 0) throw new UsageError('Expected `--only` to be followed by row ids')
  return options
}

function valueOf (option: string, what: string, words: string[]): string {
  const value = words.shift()
  if (value === undefined || value === '' || value.startsWith('--')) throw new UsageError(`Expected \`${option}\` to be followed by ${what}`)
  return value
}

function roundsOf (text: string): number {
  const rounds = Number(text)
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) throw new UsageError(`Expected \`--runs\` to be an integer from 1 to 100, got \`${text}\``)
  return rounds
}
