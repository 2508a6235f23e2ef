#!/usr/bin/env node
// `wattapp`, also found by kubectl as `kubectl wattapp`: the process around the commands.
// Imports nothing that an old Node lacks, so that it gets as far as saying so.
import * as nodeModule from 'node:module'
import { basename } from 'node:path'

/** As `engines` of package.json. */
const oldestNode = 24

if (Number.parseInt(process.versions.node) < oldestNode) {
  process.stderr.write(`error: wattapp needs Node.js ${oldestNode} or later, and ${process.execPath} is ${process.versions.node}\n` +
    '  remedy: install a current Node.js; in a checkout of wattapp, `npm run wattapp -- COMMAND` brings its own\n')
  process.exit(1)
}

// Compiled code is kept between runs: half of the time to `--help`. It counts for modules that are loaded after this call.
nodeModule.enableCompileCache()
const { createOutput, tellError } = await import('./output.ts')
const { runProgram } = await import('./program.ts')

// A reader that has seen enough (`| head`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    throw error
  })
}

const output = createOutput(process)
const name = basename(process.argv[1] ?? '').startsWith('kubectl-') ? 'kubectl wattapp' : 'wattapp'
try {
  process.exitCode = await runProgram(process.argv.slice(2), name, output)
} catch (thrown) {
  tellError(output, thrown)
  process.exitCode = 1
}
