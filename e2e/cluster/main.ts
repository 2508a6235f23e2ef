// A Kubernetes cluster on this machine, for a person: see `--help`. Tests call ensureCluster() of cluster.ts.
import { parseArgs } from 'node:util'
import { bringDown, ensureCluster, statusOf } from './cluster.ts'
import { pathsFrom } from './paths.ts'
import { say } from './progress.ts'

const help = `usage: node e2e/cluster/main.ts COMMAND

  up [--install]  make the cluster, or use the running one; --install adds missing Debian packages (root)
  images          compile this checkout and bring its operator and runtime images onto the node
  status          what runs; exit code 1 when the cluster is not whole
  kubeconfig      print the path of its kubeconfig: export KUBECONFIG=$(node e2e/cluster/main.ts kubeconfig)
  down            end it and remove it; binaries and images stay in the cache

The cache is WATTAPP_E2E_CACHE, else XDG_CACHE_HOME/wattapp-e2e, else ~/.cache/wattapp-e2e.
Its bin folder has kubectl, helm and ctr.
With KUBECONFIG set to another cluster, up and images use that one.`

async function main (): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { install: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } }
  })
  const paths = pathsFrom(process.env)
  const [command, ...rest] = positionals
  if (values.help) {
    console.log(help)
    return 0
  }
  if (rest.length > 0) throw new Usage(`too many arguments: ${rest.join(' ')}`)
  switch (command) {
    case 'up': {
      const cluster = await ensureCluster(values)
      say(`    the cluster is up: export KUBECONFIG=${cluster.kubeconfig} PATH=${cluster.bin}:$PATH`)
      return 0
    }
    case 'images': {
      const { operator, runtime } = await (await ensureCluster(values)).buildProjectImages()
      console.log(`${operator}\n${runtime}`)
      return 0
    }
    case 'status': {
      const { fault, lines } = await statusOf(paths)
      console.log(lines.join('\n'))
      console.log(fault === undefined ? 'whole and ready' : `not usable: ${fault}`)
      return fault === undefined ? 0 : 1
    }
    case 'kubeconfig':
      console.log(paths.kubeconfig)
      return 0
    case 'down':
      await bringDown(paths)
      return 0
    default:
      throw new Usage(command === undefined ? 'no command' : `unknown command: ${command}`)
  }
}

class Usage extends Error {}

main().then((code) => { process.exitCode = code }, (error: unknown) => {
  const isUsage = error instanceof Usage || (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  console.error(error instanceof Error ? error.message : error)
  if (isUsage) console.error(`\n${help}`)
  process.exitCode = isUsage ? 2 : 1
})
