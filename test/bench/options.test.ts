import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readOptions, UsageError, type Options } from '../../bench/options.ts'

const ids = ['a-row', 'b-row', 'c-row'] as const
const defaults: Options<typeof ids[number]> = { only: ids, isQuick: false, rounds: undefined, json: undefined, dist: undefined, action: 'run' }

const read: Record<string, { argv: string[], gives: Partial<typeof defaults> }> = {
  'nothing asks for all rows': { argv: [], gives: {} },
  'rows are named after --only, in any order': { argv: ['--only', 'c-row', 'a-row'], gives: { only: ['a-row', 'c-row'] } },
  'rows may be separated by commas, and --only repeated': { argv: ['--only', 'a-row,b-row', '--quick', '--only=c-row'], gives: { only: ['a-row', 'b-row', 'c-row'], isQuick: true } },
  'options after the rows are no rows': { argv: ['--only', 'b-row', '--json', 'out.json', '--runs', '9'], gives: { only: ['b-row'], json: 'out.json', rounds: 9 } },
  'a build may be named': { argv: ['--dist', 'elsewhere/dist'], gives: { dist: 'elsewhere/dist' } },
  'the rows can be listed': { argv: ['--list'], gives: { action: 'list' } },
  'help is given': { argv: ['-h'], gives: { action: 'help' } }
}

for (const [name, { argv, gives }] of Object.entries(read)) {
  test(name, () => assert.deepEqual(readOptions(argv, ids), { ...defaults, ...gives }))
}

const refused: Record<string, { argv: string[], says: RegExp }> = {
  'an unknown row is refused, with the rows that there are': { argv: ['--only', 'a-row', 'd-row'], says: /no row `d-row`; the rows are a-row b-row c-row/ },
  '--only wants rows': { argv: ['--only', '--quick'], says: /`--only` to be followed by row ids/ },
  '--only wants more than commas': { argv: ['--only', ','], says: /`--only` to be followed by row ids/ },
  'an unknown option is refused': { argv: ['--fast'], says: /no option `--fast`/ },
  'a row without --only is refused, with what to write': { argv: ['a-row'], says: /`a-row` belongs to no option; .*--only/ },
  '--json wants a file': { argv: ['--json'], says: /`--json` to be followed by a file/ },
  '--runs wants a number': { argv: ['--runs', '1.5'], says: /`--runs` to be an integer from 1 to 100, got `1.5`/ },
  '--runs wants at least one': { argv: ['--runs=0'], says: /got `0`/ }
}

for (const [name, { argv, says }] of Object.entries(refused)) {
  test(name, () => assert.throws(() => readOptions(argv, ids), (thrown: unknown) => thrown instanceof UsageError && says.test(thrown.message)))
}
