// docs/migrating-from-watt.md: what each field of a Watt project becomes, and from the tables of `wattapp import` what has no equal.
import {
  applicationFields, configFields, frameworkSections, gracefulShutdownFields, healthFields, loggerFields, metricsFields, runtimeFields, serverFields, telemetryFields, workersFields, type Verdicts
} from '../src/cli/import/no-equal.ts'
import { gatewayFields, proxyFields } from '../src/cli/import/routes.ts'

const intro = `# Migrating from Watt

<!-- Printed by tools/generate.ts from src/cli/import/. -->

\`wattapp import\` reads a Watt 2 or 3 project and prints a WattApp. It changes nothing in the project: both run from the same folders.

\`\`\`sh
wattapp import watt.json -o wattapp.yaml
wattapp validate wattapp.yaml
wattapp run wattapp.yaml
\`\`\`

The manifest has a comment at each part that says where it comes from, and at each guess. On standard error stands what has no equal, with
the reason and what to do; \`--format json\` gives both to programs: \`{ manifest, leftOut, unsupported: [{ path, value, reason, remedy }] }\`.
A file that is there is overwritten only with \`--force\`. The result always passes \`wattapp validate\`.

It reads \`watt.json\` and \`platformatic.json\`, their YAML forms and the names of version 2 (\`platformatic.runtime.json\`, \`@platformatic/composer\`),
in the project and in each application. TOML and JSON5 are refused with a word: convert them to JSON or YAML first. JSON in a \`.json5\` file is read.

## What stays as it is

- \`http://ID.plt.local\`: each service has that address beside \`http://NAME.internal\`. An id that is no DNS label (\`My_Api\`) gets another name, which is told.
- The code. A module that exports \`create\` or \`build\`, and a program that listens, are both services ([Services](services.md)); an exported \`close\` is
  called when the worker leaves.
- \`globalThis.platformatic\` and \`getGlobal()\`: \`logger\` (its level is \`LOG_LEVEL\`, \`info\` by default), \`events\` with \`close\`, \`applicationId\`, \`workerId\`, \`root\`,
  \`basePath\`, \`logLevel\` and \`isBuilding\`. \`setOpenapiSchema\` and its like do nothing, and say so in the log; \`messaging\`, \`itc\`, \`sharedContext\` and
  \`prometheus\` are undefined.
- What \`wattpm build\` has built (\`.next\`, \`dist\`), with the base paths that Watt gave it: it runs without another build. \`wattapp build\` gives
  the same base paths.
- A service's own log lines, tables and files.

## What becomes what

| in Watt | in the WattApp |
| --- | --- |
| \`services\`, \`web\`, \`applications\` | \`services\`, in one list |
| \`autoload\` with \`mappings\` and \`exclude\` | \`services\`, one for each folder |
| \`enabled: false\`, or false in production | left out, with a comment |
| \`id\` | \`name\` |
| \`path\` | \`path\`. A folder out of the project is left out: one image holds all services |
| \`url\` | the copy that \`wattpm-utils resolve\` made, if it is there; else left out |
| \`entrypoint\` | \`routes: [{ pathPrefix: / }]\` of that service |
| the gateway (or composer) at the entrypoint | no service: its proxies are routes of the services they lead to |
| \`proxy.prefix\` | \`routes[].pathPrefix\` with \`rewrite: /\`; without one the application's base path, else its id |
| \`proxy.rewritePrefix\` | \`routes[].rewrite\` |
| \`proxy.hostname\` | a route of its own with \`host\` |
| frameworks that want absolute URLs, \`node.absoluteUrl\` | no \`rewrite\`: the path comes as it is |
| \`openapi.prefix\` of a gateway's application | a route with that prefix, marked as a guess |
| \`basePath\` | before every \`pathPrefix\` |
| \`workers: 3\`, \`workers.static\` | \`workers: { min: 3 }\` |
| \`workers.{dynamic, minimum, maximum}\`, \`verticalScaler\` | \`workers: { min, max }\`: their number follows event loop utilization |
| \`dependencies\` | \`dependsOn\` |
| \`arguments\` | \`args\` |
| \`health.maxHeapTotal\` | \`memory\`, which counts Buffers too |
| \`restartOnError\` of an application | \`restart.backoff.initial\` |
| \`startTimeout\` | \`startTimeout\` of each service |
| \`gracefulShutdown.application\` | \`drainTimeout\` of each service; \`runtime\` follows from it |
| \`env\` | \`env\`; a value that looks like a secret, or comes from the environment, is \`valueFrom\` a Secret |
| \`.env\`, \`envfile\` | \`env\`, in Watt's order: the project's file, the application's, the project's \`env\`, the application's |
| \`{PLACEHOLDER}\` | its value in \`.env\`, named in the file's head; in \`env\` a key of a Secret when \`.env\` has none |
| \`logger.level\` | \`observability.logs.level\` |
| \`telemetry.exporter\` of type \`otlp\` | \`observability.tracing.endpoint\` |
| \`metrics\` | always on, at \`/metrics\` of port 9464 ([Metrics](metrics.md)) |
| \`server.{hostname, port}\` | the gateway's port 8080 in a pod; \`wattapp run --port\` |
| \`node.main\` | \`entry\` |
| \`application.commands.production\` | \`entry\` and \`args\`, when it is \`node FILE …\` or a script that is |
| \`useHttp\`, \`websocket\` | nothing: the mesh carries HTTP and WebSockets without ports |
| \`cache.url\` of a Next application | \`NEXT_CACHE_URL\` in its \`env\` |
| \`application.outputDirectory\` of a Vite or Astro application | \`entry\` |

Applications of a framework that this version has no runtime for are told: Nitro and Nuxt become the program they build. Platformatic's own
\`service\` and \`db\` need an entry that starts them.

## What behaves differently

- **Readiness.** A Watt pod is ready when every application is. Here it waits for services with routes; \`required: true\` adds others, and one
  in a crash loop shows in \`Degraded\` without emptying the Service.
- **Redirects.** As in Watt a \`Location\` gets the prefix back that its route replaced; one that names the prefix already is left alone, where Watt
  names it twice. A cookie's \`Path\` gets it back too.
- **The prefix itself.** A proxy with \`prefix: /orders\` and \`rewritePrefix: /v1\` makes \`/v1/\` of \`/orders\`, but \`/v1?q=1\` of \`/orders?q=1\`; here both are \`/v1\`.
- **Vite.** A path that is no file is answered with the page, for client-side routes. Watt does so with \`vite.notFoundHandler\` alone, and then for a
  missing script and for a POST too; here those are 404 and 405.
- **Pages of the gateway.** Watt's gateway welcomes at \`/\`, unless a proxy leads there; here a path without a route is 404.
- **Environment.** A variable of the pod is in every application of Watt. Here each service sees its own \`env\`, so import repeats those of the project's
  \`.env\` in each: remove them where they are not read.
- **Restarts.** Watt starts a crashed worker again after 2 ms in production; here the delay grows, and requests wait meanwhile.
- **Method routes.** A route takes every method.
- **Base path.** Watt answers requests without \`basePath\` too, as if they had it; here they are 404.

## What has no equal
`

/** Tables of one place in the files, most read first. */
const parts: ReadonlyArray<readonly [title: string, prefix: string, verdicts: Verdicts]> = [
  ['The project', '', runtimeFields],
  ['The project', 'server.', serverFields],
  ['The project', 'logger.', loggerFields],
  ['The project', 'health.', healthFields],
  ['The project', 'workers.', workersFields],
  ['The project', 'metrics.', metricsFields],
  ['The project', 'telemetry.', telemetryFields],
  ['The project', 'gracefulShutdown.', gracefulShutdownFields],
  ['An application', '', applicationFields],
  ["An application's own file", '', configFields],
  ...Object.entries(frameworkSections).map(([section, verdicts]) => ["An application's own file", `${section}.`, verdicts] as const),
  ['The gateway', 'gateway.', gatewayFields],
  ['The gateway', 'gateway.applications[].proxy.', proxyFields]
]

export function migratingReference (): string {
  const titles = [...new Set(parts.map(([title]) => title))]
  return `${intro}${titles.map((title) => `
### ${title}

| in Watt | why there is no equal | what to do |
| --- | --- | --- |
${parts.filter(([of]) => of === title).flatMap(([, prefix, verdicts]) => rows(prefix, verdicts)).join('\n')}
`).join('')}`
}

function rows (prefix: string, verdicts: Verdicts): string[] {
  return Object.entries(verdicts).flatMap(([field, verdict]) => verdict === 'here' ? [] : [`| \`${prefix}${field}\` | ${verdict[0]} | ${verdict[1]} |`])
}
