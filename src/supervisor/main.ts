// The container's main program, under a small init: reads its settings, starts the app, and leaves in order on SIGTERM.
// Exit codes: 0 after an ordered leave, 1 when the app cannot be run or the process must not go on.
import './pool-size.ts'
import { readFile } from 'node:fs/promises'
import { networkInterfaces, totalmem } from 'node:os'
import { join } from 'node:path'
import type { AppConfig } from '../api/app-config.ts'
import { systemClock } from '../base/clock.ts'
import { messageOf, WattError } from '../base/error.ts'
import { createSink } from '../telemetry/logs/sink.ts'
import { watchConfigFile } from './config-file.ts'
import { parseAppConfig } from './config-shape.ts'
import { readEnvFiles } from './env-files.ts'
import { containerEnvironment } from './environment.ts'
import { errors } from './errors.ts'
import { endProcess } from './exit.ts'
import { readLimit, watchLimit } from './pod-memory.ts'
import { readSettings } from './settings.ts'
import { startSupervisor, type Supervisor } from './supervisor.ts'

const sink = createSink({ level: 'info' })
const podName = process.env.POD_NAME
let app = podName ?? ''
let supervisor: Supervisor | undefined
let leaving: number | undefined
let hasAbandonedThreads = false

/** The only way out: what was logged is out, and not even a thread in a native call keeps the process. */
async function leave (code: number): Promise<void> {
  await sink.flush()
  endProcess(code, hasAbandonedThreads)
}

function tell (level: 'error' | 'fatal', thrown: unknown): void {
  const stack = thrown instanceof WattError || !(thrown instanceof Error) ? undefined : thrown.stack
  sink.write({
    time: Date.now(),
    level,
    msg: messageOf(thrown),
    app,
    service: 'supervisor',
    ...(thrown instanceof WattError && { code: thrown.code, hint: thrown.hint }),
    ...(stack !== undefined && { stack })
  })
}

/** Drains, then ends the process; a second call hurries the first. */
function drainAndLeave (code: number): void {
  leaving = Math.max(leaving ?? 0, code)
  const drained = supervisor?.drain() ?? Promise.resolve()
  drained.catch((thrown: unknown) => {
    leaving = 1
    tell('error', thrown)
  }).then(() => leave(leaving ?? code)).catch(() => endProcess(1, hasAbandonedThreads))
}

function fail (thrown: unknown): void {
  tell('fatal', thrown)
  sink.flushSync()
  endProcess(1, hasAbandonedThreads)
}

/** `::` takes IPv4 too, but not where the kernel has IPv6 switched off. */
function everyAddress (): string {
  const hasIPv6 = Object.values(networkInterfaces()).flat().some((address) => address?.family === 'IPv6')
  return hasIPv6 ? '::' : '0.0.0.0'
}

/** As the kernel has it; not every kernel shows it to its containers. */
function containerLimit (): number | undefined {
  const bytes = process.constrainedMemory()
  return bytes > 0 && bytes < totalmem() ? bytes : undefined
}

async function main (): Promise<void> {
  const { configFile, root, envDir, podDir, http, admin } = readSettings(process.env, everyAddress())
  const text = await readFile(configFile, 'utf8').catch((thrown: unknown) => { throw errors.WATT_CONFIG_UNREADABLE(configFile, messageOf(thrown)) })
  const config = parseAppConfig(text, configFile)
  app = config.app
  sink.setLevel(config.logs.level)

  const limitFile = join(podDir, 'memory-limit')
  const limitText = await readFile(limitFile, 'utf8').catch(() => '')
  const memoryLimitBytes = readLimit(limitText) ?? containerLimit()

  const started = supervisor = await startSupervisor({
    config,
    ...(memoryLimitBytes !== undefined && { memoryLimitBytes }),
    root,
    ...(podName !== undefined && { podName }),
    http,
    admin,
    baseEnv: containerEnvironment(process.env),
    fileEnv: (service) => readEnvFiles(envDir, service, config.services.find(({ name }) => name === service)?.fileEnv ?? []),
    sink: sink.write,
    lines: sink.writeLines,
    onEvent (event) {
      if (event.type === 'configApplied') sink.setLevel(event.logLevel)
      if (event.type === 'threadAbandoned') {
        hasAbandonedThreads = true
        // One is a pity; with the next, what runs in this process is no longer ours to say.
        if (event.total > 1 && leaving === undefined) drainAndLeave(1)
      }
    }
  })
  watchLimit(limitFile, limitText, (limitBytes) => started.resize(limitBytes), systemClock)
  watchConfigFile(configFile, text, async (change) => {
    let wanted: AppConfig
    try {
      if ('reason' in change) throw errors.WATT_CONFIG_UNREADABLE(configFile, change.reason)
      wanted = parseAppConfig(change.text, configFile)
    } catch (thrown) {
      if (!(thrown instanceof WattError)) throw thrown
      return started.refuse(thrown)
    }
    // Not waited for: a newer one may come while this one's workers still start.
    started.apply(wanted).catch(fail)
  }, systemClock)
}

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
process.on('SIGTERM', () => drainAndLeave(0))
process.on('SIGINT', () => drainAndLeave(0))
main().catch((thrown: unknown) => {
  tell('fatal', thrown)
  leave(1).catch(() => endProcess(1, hasAbandonedThreads))
})
