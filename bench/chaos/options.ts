// What `npm run chaos -- --help` says; the options are those of the bench.
export const usage = `Usage: npm run chaos -- [options]

Faults put into a running pod under an open load at 30 % of its top rate: requests sent, failed, the longest stall, and what must
hold; where it can be done, the same for the peer. Everything runs on loopback, is bounded and ends by itself.
Time in which a bare server beside the pod did not answer either is taken from stalls; what is missed while others, or the host, had a
part of the machine is tried again, up to three times: the output says so.
Exit code: 0 when all that must hold holds, 1 when something does not, 2 for a wrong command line.

  --only ROW…    these rows alone (names after it, or separated by commas)
  --quick        shorter, and without the peer
  --json FILE    write the results: [{ row, sent, failed, stallMs, ok, checks, … }]
  --dist FOLDER  a build (a folder with supervisor/main.js) instead of building the sources
  --list         the rows
  --help         this text`
