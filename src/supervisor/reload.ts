// The app config in force, and how another takes its place while the pod runs: whole and checked, or not at all.
import type { AppConfig } from '../api/app-config.ts'
import { WattError } from '../base/error.ts'
import { configDiff, describeStep, type ConfigStep } from './config-diff.ts'
import { checkAppConfig } from './config-shape.ts'
import { errors } from './errors.ts'
import type { Log } from './log.ts'
import type { SupervisorEvent } from './supervisor.ts'

export interface Refusal { code: string, message: string, hint: string }

export interface ReloadPorts {
  log: Log
  emit: (event: SupervisorEvent) => void
  /** Resolves when the step is in force. */
  take: (step: ConfigStep, config: AppConfig) => Promise<void>
}

export class LiveConfig {
  readonly #ports: ReloadPorts
  #config: AppConfig
  #refusal: Refusal | undefined
  #last: Promise<void> = Promise.resolve()

  constructor (config: AppConfig, ports: ReloadPorts) {
    this.#config = config
    this.#ports = ports
  }

  get config (): AppConfig { return this.#config }

  /** Why the latest config is not in force, or not all of it. */
  get refusal (): Refusal | undefined { return this.#refusal }

  /** One after the other. @throws WATT_CONFIG_VERSION, WATT_CONFIG_INVALID */
  apply (wanted: AppConfig): Promise<void> {
    const applied = this.#last.then(() => this.#apply(wanted))
    this.#last = applied.catch(() => {})
    return applied
  }

  /** Keeps the config in force and says why. */
  refuse ({ code, message, hint }: Refusal): void {
    this.#refusal = { code, message, hint }
    this.#ports.log('error', `the new app config is refused, the one before stays in force: ${message}`, { code, hint })
    this.#ports.emit({ type: 'configRefused', code, message, hint })
  }

  async #apply (wanted: AppConfig): Promise<void> {
    const { log, emit, take } = this.#ports
    try {
      checkAppConfig(wanted)
    } catch (thrown) {
      if (thrown instanceof WattError) this.refuse(thrown)
      throw thrown
    }
    const { steps, config, needsNewPod } = configDiff(this.#config, wanted)
    this.#config = config
    for (const step of steps) await take(step, config)
    this.#refusal = undefined
    if (steps.length > 0) {
      const changes = steps.map(describeStep)
      log('info', `a new app config is in force: ${changes.join('; ')}`)
      emit({ type: 'configApplied', changes, logLevel: config.logs.level })
    }
    if (needsNewPod.length > 0) this.#keepOut(needsNewPod)
  }

  #keepOut (paths: string[]): void {
    const { code, message, hint } = errors.WATT_CONFIG_NEEDS_NEW_POD(paths.join(', '))
    this.#refusal = { code, message, hint }
    this.#ports.log('warn', message, { code, hint })
    this.#ports.emit({ type: 'configRefused', code, message, hint })
  }
}
