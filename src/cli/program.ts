// The commands, their arguments and their help. What a command does is loaded when it is called: `run` must start at once.
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { LogLevel } from '../api/app-config.ts'
import { completionScript, type CompletedCommand, type Shell } from './completion.ts'
import type { BuildOptions } from './commands/build.ts'
import type { DetectOptions } from './commands/detect.ts'
import type { DevOptions } from './commands/dev.ts'
import type { ImageOptions } from './commands/image.ts'
import type { ImportOptions } from './commands/import.ts'
import type { InitOptions } from './commands/init.ts'
import type { RunOptions } from './commands/run.ts'
import type { RenderOptions } from './commands/render.ts'
import type { StatusOptions } from './commands/status.ts'
import type { LogsOptions } from './commands/logs.ts'
import type { ListenAddress } from '../supervisor/supervisor.ts'
import type { Format, Output } from './output.ts'

/** argv without node and script → exit code: 0 done, 1 it did not work, 2 it was asked wrongly. */
export async function runProgram (argv: string[], name: string, output: Output): Promise<number> {
  let code = 0
  const program = createProgram(name, output, (result) => { code = result })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    // Its own codes: 0 for help that was asked for, 1 for whatever is wrong with the words.
    return thrown.exitCode === 0 ? 0 : 2
  }
}

export function createProgram (name: string, output: Output, done: (code: number) => void): Command {
  const program = new Command(name)
    .description('Run several Node.js services as one app: on this machine, and on Kubernetes.')
    .configureOutput({ writeOut: (text) => output.print(text.trimEnd()), writeErr: (text) => output.tell(text.trimEnd()) })
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(`(see ${name} --help)`)
    .helpCommand('help [command]', 'help for a command')
    .addHelpText('after', examples(name, [
      ['run wattapp.yaml', 'the app on http://127.0.0.1:8080'],
      ['validate wattapp.yaml', 'what a cluster would say of it'],
      ['status shop -n store --watch', 'the app on the cluster, as it changes']
    ]))

  program.command('run')
    .summary('run an app on this machine')
    .description('Runs the app of a manifest on this machine, from the same file that a cluster gets. The code is in the manifest\'s folder, or in its ConfigMap. ConfigMaps and Secrets are read from the same file or folder; a variable that is not there comes from the environment variable of its own name. Volumes are folders below .wattapp/volumes, beside the manifest: a variable or argument that begins with a mountPath names that folder instead.')
    .argument('<input>', 'a manifest, a folder of manifests, or - for standard input')
    .option('--app <name>', 'which WattApp, if the input has several')
    .addOption(appPort())
    .addOption(adminPort())
    .addOption(inspect())
    .addOption(inspectBrk())
    .addHelpText('after', examples(name, [
      ['run wattapp.yaml', ''],
      ['run examples/hello --port 3000', 'a folder, on another port'],
      ['run wattapp.yaml | jq .msg', 'logs are JSON lines when they do not go to a terminal']
    ]))
    .action(async (input: string, options: RunOptions) => {
      const { runRun } = await import('./commands/run.ts')
      done(await runRun(input, options, output))
    })

  program.command('dev')
    .summary('develop an app on this machine')
    .description('Runs the app as `run` does, for whoever changes it: frameworks by their own development servers, with their HMR through the gateway; every other service is started again, in under a second, when a file of it or of a workspace package that it depends on changes. Errors are told here, and to browsers. See docs/development.md.')
    .argument('<input>', 'a manifest, or a folder of manifests')
    .option('--app <name>', 'which WattApp, if the input has several')
    .addOption(appPort())
    .addOption(adminPort())
    .option('--only <services>', 'only these services, with commas between, and what they depend on', names)
    .addOption(inspect())
    .addOption(inspectBrk())
    .addHelpText('after', examples(name, [
      ['dev wattapp.yaml', ''],
      ['dev wattapp.yaml --inspect', 'debuggers find each service by its name on 127.0.0.1:9229'],
      ['dev wattapp.yaml --inspect-brk orders', 'and that one waits for one before its first line'],
      ['dev wattapp.yaml --only web,orders', 'two services of many, and what they depend on']
    ]))
    .action(async (input: string, options: DevOptions) => {
      const { runDev } = await import('./commands/dev.ts')
      done(await runDev(input, options, output))
    })

  program.command('build')
    .summary('build the services of an app, for production')
    .description('Builds every service by its own build script, else by its framework, after the workspace packages that it depends on; what has not changed since the last build is not built again. Then writes the app folder: the manifest and what production needs, with production dependencies only. `run` and an image take it as it is. See docs/build.md.')
    .argument('<input>', 'a manifest, a folder of manifests, or - for standard input')
    .option('--app <name>', 'which WattApp, if the input has several')
    .option('--out <folder>', 'the app folder; default: .wattapp/app beside the manifest')
    .option('--only <services>', 'build only these services, with commas between, and write no app folder', names)
    .option('--no-cache', 'build what has not changed, too')
    .addOption(new Option('--concurrency <number>', 'how many are built at once; default: by cores and memory').argParser(positive))
    .addOption(new Option('-o, --output <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .addHelpText('after', examples(name, [
      ['build wattapp.yaml', ''],
      ['run .wattapp/app', 'what was built, as in production'],
      ['build wattapp.yaml --only web', 'one service'],
      ['build wattapp.yaml -o json', 'what became of each service, for programs']
    ]))
    .action(async (input: string, options: BuildOptions) => {
      const { runBuild } = await import('./commands/build.ts')
      done(await runBuild(input, options, output))
    })

  program.command('image')
    .summary('make the Dockerfile of an app')
    .description('Prints a Dockerfile and a .dockerignore for the app of a manifest: packages are installed by the lockfile, services are built by `wattapp build`, and the image gets what production needs. It builds with docker, podman and buildah. See docs/images.md.')
    .argument('<input>', 'a manifest, or a folder of manifests')
    .option('--app <name>', 'which WattApp, if the input has several')
    .option('--write', "write both files into the folder that the image is built from: the workspace's root, or the manifest's folder", false)
    .option('--force', 'overwrite files of the same names that are not from this command', false)
    .option('--build-image <image>', 'what the app is built in; default: wattapp-build of this version')
    .option('--runtime-image <image>', 'what the app runs on; default: wattapp-runtime of this version')
    .addOption(new Option('-o, --output <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .addHelpText('after', examples(name, [
      ['image wattapp.yaml', 'only shown'],
      ['image wattapp.yaml --write && docker build --tag shop:1 .', ''],
      ['image wattapp.yaml -o json | jq -r .dockerfile', 'one of the two files']
    ]))
    .action(async (input: string, options: ImageOptions) => {
      const { runImage } = await import('./commands/image.ts')
      done(await runImage(input, options, output))
    })

  program.command('init')
    .summary('write a manifest for a folder')
    .description('Looks at a folder (a workspace of npm, pnpm or yarn; a compose file with Node.js services; a Watt project; a single package) and writes wattapp.yaml, with a comment at each guess. What is no service is named, with the reason.')
    .argument('[folder]', 'the folder', '.')
    .addOption(drafted('the manifest; - for standard output; default: wattapp.yaml in the folder'))
    .addOption(new Option('--stdout', 'as -o -').default(false))
    .option('--force', 'overwrite the file', false)
    .addOption(draftFormat())
    .addHelpText('after', examples(name, [['init', 'of the current folder, to wattapp.yaml'], ['init shop -o -', 'only shown'], ['init shop --format json', 'what was found, for programs']]))
    .action(async (folder: string, options: InitOptions) => {
      const { runInit } = await import('./commands/init.ts')
      done(await runInit(folder, options, output))
    })

  program.command('import')
    .summary('make a manifest of a Watt project')
    .description('Turns a Watt 2 or 3 project (watt.json, platformatic.json, their YAML forms) into a WattApp, with a comment at each guess, and lists what has no equal and why. See docs/migrating-from-watt.md.')
    .argument('<input>', "the project's configuration file, or its folder")
    .addOption(drafted('the manifest; default, and -: standard output'))
    .option('--force', 'overwrite the file', false)
    .addOption(draftFormat())
    .addHelpText('after', examples(name, [['import watt.json -o wattapp.yaml', ''], ['import . --format json', 'manifest and what has no equal, for programs']]))
    .action(async (input: string, options: ImportOptions) => {
      const { runImport } = await import('./commands/import.ts')
      done(await runImport(input, options, output))
    })

  program.command('detect')
    .summary('show what would run each service, and why')
    .description('Looks at the services of a manifest, at the packages of a workspace or at one folder, and prints for each what it would be run by and why, the file that is loaded, how it is built, and what development does with it.')
    .argument('[input]', 'a folder, or a manifest', '.')
    .option('--app <name>', 'which WattApp, if the input has several')
    .addOption(format())
    .addHelpText('after', examples(name, [['detect', 'the current folder'], ['detect wattapp.yaml', 'every service of the app'], ['detect apps/web -o json', 'for programs']]))
    .action(async (input: string, options: DetectOptions) => {
      const { runDetect } = await import('./commands/detect.ts')
      done(await runDetect(input, options, output))
    })

  program.command('validate')
    .summary('check manifests without a cluster')
    .description('Says of each WattApp what the API server and the operator would say, with the place in the file and a remedy.')
    .argument('<files...>', 'manifests, folders of manifests, or - for standard input')
    .addOption(format())
    .addHelpText('after', examples(name, [['validate wattapp.yaml', ''], ['validate deploy/ -o json', 'for programs']]))
    .action(async (files: string[], options: { output: Format }) => {
      const { runValidate } = await import('./commands/validate.ts')
      done(await runValidate(files, options, output))
    })

  program.command('render')
    .summary('print what the operator would apply')
    .description('Prints the Kubernetes objects that the operator would apply for the app, made by the operator\'s own code.')
    .argument('<input>', 'a manifest, a folder of manifests, or - for standard input')
    .option('--app <name>', 'which WattApp, if the input has several')
    .option('-n, --namespace <name>', 'namespace of the objects')
    .option('--runtime-image <image>', 'the stock runtime image, for apps with a source')
    .addOption(new Option('-o, --output <format>', 'how it is printed').choices(['yaml', 'json']).default('yaml'))
    .addHelpText('after', examples(name, [['render wattapp.yaml | kubectl diff -f -', 'what an upgrade would change']]))
    .action(async (input: string, options: RenderOptions) => {
      const { runRender } = await import('./commands/render.ts')
      done(await runRender(input, options, output))
    })

  inCluster(program.command('status'))
    .summary('show an app on the cluster')
    .description('Shows conditions, services and, where the pods can be asked through the API server, each worker\'s figures.')
    .argument('<name>', 'name of the WattApp')
    .option('-w, --watch', 'show it again as it changes', false)
    .addOption(format())
    .addHelpText('after', examples(name, [['status shop', ''], ['status shop -n store --watch', ''], ['status shop -o json', '']]))
    .action(async (app: string, options: StatusOptions) => {
      const { runStatus } = await import('./commands/status.ts')
      done(await runStatus(app, options, output))
    })

  inCluster(program.command('logs'))
    .summary('print the logs of an app or of one service')
    .description('Prints the log lines of all pods of an app: for people on a terminal, as JSON elsewhere.')
    .argument('<name>', 'name of the WattApp')
    .option('-s, --service <name>', 'only lines of this service; gateway and supervisor have some too')
    .addOption(new Option('-l, --level <level>', 'only lines of this level and above').choices(['trace', 'debug', 'info', 'warn', 'error', 'fatal'] satisfies LogLevel[]))
    .option('-f, --follow', 'go on with new lines and new pods', false)
    .addOption(new Option('--tail <lines>', 'only so many of the last lines of each pod, counted before --service and --level choose').argParser(count))
    .addOption(new Option('--since <seconds>', 'only lines of so many last seconds').argParser(count))
    .addHelpText('after', examples(name, [['logs shop --service orders -f', ''], ['logs shop --level warn --since 600', '']]))
    .action(async (app: string, options: LogsOptions) => {
      const { runLogs } = await import('./commands/logs.ts')
      done(await runLogs(app, options, output))
    })

  program.command('version')
    .summary('print versions')
    .description('Prints the versions of this program, of the API it speaks and of Node.js.')
    .addOption(format())
    .action(async (options: { output: Format }) => {
      const { runVersion } = await import('./commands/version.ts')
      done(await runVersion(options, output))
    })

  program.command('completion')
    .summary('print a completion script for a shell')
    .description('Prints a script that completes commands, options and files.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish'] satisfies Shell[]))
    .addHelpText('after', examples(name, [['completion bash > /etc/bash_completion.d/wattapp', '']]))
    .action((shell: Shell) => { output.print(completionScript(shell, 'wattapp', completed(program))) })

  for (const command of program.commands) command.copyInheritedSettings(program)
  return program
}

function appPort (): Option {
  return new Option('--port <number>', 'port of the app on 127.0.0.1; 0 for any that is free').argParser((text) => text === '' ? 8080 : port(text)).env('PORT').default(8080)
}

function adminPort (): Option {
  return new Option('--admin-port <number>', 'port of /metrics and /api/v1/status on 127.0.0.1; another one when it is taken').argParser(port).default(9464)
}

function inspect (): Option {
  return new Option('--inspect [address]', 'debuggers may attach to each service by its name, on [host:]port; default: 127.0.0.1:9229').argParser(address)
}

function inspectBrk (): Option {
  return new Option('--inspect-brk <services>', 'as --inspect, and these services, with commas between, wait for a debugger before their first line').argParser(names)
}

function inCluster (command: Command): Command {
  return command
    .option('-n, --namespace <name>', 'namespace of the app; default: the context\'s')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--kubeconfig <file>', 'kubeconfig; default: $KUBECONFIG, ~/.kube/config, or the pod\'s service account')
}

function format (): Option {
  return new Option('-o, --output <format>', 'how it is printed').choices(['text', 'json', 'yaml'] satisfies Format[]).default('text')
}

function drafted (description: string): Option {
  return new Option('-o, --output <file>', description)
}

function draftFormat (): Option {
  return new Option('--format <format>', 'yaml: the manifest; json: all that was found, on standard output, and a file is written only when -o names one').choices(['yaml', 'json']).default('yaml')
}

function address (text: string): ListenAddress {
  const [, host = '127.0.0.1', number = ''] = /^(?:(.+):)?(\d+)$/.exec(text) ?? []
  if (number === '') throw new InvalidArgumentError('It must be a port, or host:port; the manifest comes before it, or write --inspect=9229.')
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: port(number) }
}

function port (text: string): number {
  const number = Number(text)
  if (!/^\d{1,5}$/.test(text) || number > 65_535) throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
  return number
}

function positive (text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}

function names (text: string): string[] {
  return text.split(',').map((name) => name.trim()).filter((name) => name !== '')
}

function count (text: string): string {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return text
}

function examples (program: string, rows: Array<[string, string]>): string {
  const width = Math.max(...rows.map(([line]) => line.length))
  return `\nExamples:\n${rows.map(([line, what]) => `  ${program} ${what === '' ? line : `${line.padEnd(width)}  # ${what}`}`).join('\n')}`
}

function completed (program: Command): CompletedCommand[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.summary(),
    options: [...command.options.flatMap(({ short, long }) => [short, long].filter((flag) => typeof flag === 'string')), '--help'],
    takesFiles: command.registeredArguments.some((argument) => ['input', 'files', 'folder'].includes(argument.name()))
  }))
}
