// `npm run bench`: ours beside its peers, one table. Exit code 1 when a row misses its bar.
import { runBench } from './command.ts'
import { usage } from './options.ts'
import { rowIds } from './row.ts'
import { families } from './rows/index.ts'

process.exitCode = await runBench({ name: 'bench', usage, rowIds, families }, process.argv.slice(2))
