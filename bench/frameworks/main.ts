// `npm run bench:frameworks`: the hello page of each framework, ours beside its own server. Exit code 1 when a row misses its bar.
import { runBench } from '../command.ts'
import { families, rowIds } from './rows.ts'

const usage = `Usage: npm run bench:frameworks -- [options]

The hello page of each framework as a service of ours and by the framework's own production server, alternately, on this machine and
this Node.js. Packages are installed and pages built at the first use. Prints one table: figures, ratio, spread, bar.
Exit code: 0 when every row reaches its bar, 1 when one misses it or could not be measured, 2 for a wrong command line.

  --only ROW…    these rows alone (names after it, or separated by commas)
  --quick        short runs
  --runs N       rounds that count, after the one that only warms
  --json FILE    write the results: [{ row, ours, peer, ratio, bar, ok, … }]
  --dist FOLDER  measure this build (a folder with cli/main.js) instead of building the sources
  --list         the rows, what each compares, its bar
  --help         this text`

process.exitCode = await runBench({ name: 'bench:frameworks', usage, rowIds, families }, process.argv.slice(2))
