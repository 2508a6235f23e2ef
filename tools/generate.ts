// Prints what is made from tables in src: the CRD, reference docs. `--check` prints nothing and fails when a file differs.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { customResourceDefinition } from '../src/api/crd.ts'
import { appDashboard } from './dashboards/app.ts'
import { grafanaDashboard } from './dashboards/grafana.ts'
import { cliReference } from './cli-reference.ts'
import { errorsReference } from './errors-reference.ts'
import { fieldsReference } from './fields-reference.ts'
import { metricsReference } from './metrics-reference.ts'
import { migratingReference } from './migrating-reference.ts'

/** A file that is printed, never edited. */
interface Printed { path: string, content: () => string }

const crd = (): string => `# Printed by tools/generate.ts from src/api/schema.ts.\n${yaml(customResourceDefinition())}`

const printed: readonly Printed[] = [
  { path: 'crds/wattapp.dev_wattapps.yaml', content: crd },
  // A chart can only read files of its own folder.
  { path: 'charts/wattapp-operator/files/wattapp.dev_wattapps.yaml', content: crd },
  { path: 'docs/reference/wattapp.md', content: fieldsReference },
  { path: 'docs/cli.md', content: cliReference },
  { path: 'docs/errors.md', content: errorsReference },
  { path: 'docs/metrics.md', content: metricsReference },
  { path: 'docs/migrating-from-watt.md', content: migratingReference },
  { path: 'charts/wattapp-operator/dashboards/app.json', content: () => `${JSON.stringify(grafanaDashboard(appDashboard), null, 2)}\n` }
]

const root = join(import.meta.dirname, '..')
const isCheck = process.argv.includes('--check')
const stale = printed.filter(({ path, content }) => content() !== current(path))

for (const { path, content } of isCheck ? [] : stale) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content())
  console.log(`printed ${path}`)
}
if (isCheck && stale.length > 0) {
  console.error(`not what the tables say: ${stale.map(({ path }) => path).join(', ')}\nrun \`npm run generate\` and commit what it prints`)
  process.exitCode = 1
}

function current (path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

function yaml (value: unknown): string {
  // JSON first: it drops what is undefined.
  return stringify(JSON.parse(JSON.stringify(value)), { lineWidth: 0, aliasDuplicateObjects: false })
}
