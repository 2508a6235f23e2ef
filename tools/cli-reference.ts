// docs/cli.md: what the commands say of themselves, and what `run` puts in a cluster's place.
import { createProgram } from '../src/cli/program.ts'
import { createOutput } from '../src/cli/output.ts'

const intro = `# The command line

<!-- Printed by tools/generate.ts from src/cli/program.ts. -->

\`wattapp\` is one program; linked as \`kubectl-wattapp\` on the PATH it is also \`kubectl wattapp\`. Data goes to standard output, words for people to
standard error. Exit codes: 0 done, 1 it did not work, 2 it was asked wrongly. Colour is for terminals alone, and off with \`NO_COLOR\`.

It needs Node.js 24 or later; [how it is installed](getting-started.md#the-command). In a checkout \`npm run wattapp -- COMMAND\` does the same.

What is wrong with a manifest is told with file, line and column, the field, the reason and a remedy:

\`\`\`
wattapp.yaml:20:11: spec.services[1].routes[1]: service "web" already has the route /api of every host (WATT_ROUTE_OWNED_TWICE)
  remedy: give each host and pathPrefix to one service; the longest prefix wins, so /api beside / is fine
\`\`\`

YAML is read as kubectl reads it: \`y\`, \`yes\` and \`on\` are true, \`0644\` is octal. Quote what is a text.

## What \`run\` puts in a cluster's place

| in the manifest | on this machine |
| --- | --- |
| \`image\` | the code in the manifest's folder; services' paths are relative to it |
| \`source.configMap\` | the ConfigMap of the same file or folder, as files in a temporary folder that goes with the run |
| \`valueFrom\` | the Secret or ConfigMap of the same file or folder; else the environment variable of the entry's own name; else an error, or nothing if it is \`optional\` |
| \`podTemplate.volumes\` | folders \`.wattapp/volumes/NAME\` beside the manifest, kept out of git: a claim keeps its files, an \`emptyDir\` begins empty, \`configMap\` and \`secret\` are written anew |
| \`volumeMounts\` | there is no \`/data\` on a laptop, and making one needs root. A variable or argument that begins with a \`mountPath\`, also behind a scheme (\`/data/shop.sqlite\`, \`sqlite:///data/shop.sqlite\`), names the local folder instead. So let services take such places from a variable, as examples/shop does. \`/app\` becomes the app's folder in the same way |
| \`replicas\`, \`resources\`, \`rollout\` | one process, no limits but \`services[].memory\` |
| the Service | \`http://127.0.0.1:8080\`; \`--port\` or \`PORT\` choose another, 0 any |
| the admin port | \`http://127.0.0.1:9464\`, or a free one when it is taken |
| SIGTERM | the same drain, without \`drainDelay\`; a second Ctrl+C ends it at once (130) |
`

export function cliReference (): string {
  const silent = { stdout: { write: () => true }, stderr: { write: () => true }, env: {} } as unknown as NodeJS.Process
  const program = createProgram('wattapp', createOutput(silent), () => {})
  // Fixed, whatever the terminal of whoever prints it.
  const help = [program, ...program.commands].map((command) => {
    let text = ''
    command.configureOutput({ writeOut: (part) => { text += part }, getOutHelpWidth: () => 120, getOutHasColors: () => false })
    command.outputHelp()
    return command === program ? `## Commands\n\n\`\`\`\n${text.trim()}\n\`\`\`` : `### ${command.name()}\n\n\`\`\`\n${text.trim()}\n\`\`\``
  })
  return `${intro}\n${help.join('\n\n')}\n`
}
