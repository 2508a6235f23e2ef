// The app config in force, and how another takes its place while the pod runs: whole and checked, or not at all.
import type { AppConfig } from '../api/app-config.ts'
import { messageOf, WattError } from '../base/error.ts'
import { configDiff, describeStep, type ConfigStep } from './config-diff.ts'
import { checkAppConfig } from './config-shape.ts'
import { errors } from './errors.ts'
import type { Log } from './log.ts'
import type { SupervisorEvent } from './supervisor.ts'

export interface Refusal { code: string, message: string, hint: string }

export interface ReloadPorts {
  log: Log
  emit: (event: SupervisorEvent) => void
  /** Brings what the step names in line with `config`; resolves when that is in force. Rejects when it cannot be, and is not. */
  take: (step: ConfigStep, config: AppConfig, signal?: AbortSignal) => Promise<void>
  /** @throws WATT_MEMORY_DOES_NOT_FIT */
  checkMemory: (config: AppConfig) => void
  /** The pod drains: nothing matters any more. */
  isLeaving: () => boolean
}

export class LiveConfig {
  readonly #ports: ReloadPorts
  #config: AppConfig
  #refusal: Refusal | undefined
  #last: Promise<void> = Promise.resolve()
  /** What is being applied is given up by this. */
  #newer = new AbortController()

  constructor (config: AppConfig, ports: ReloadPorts) {
    this.#config = config
    this.#ports = ports
  }

  get config (): AppConfig { return this.#config }

  /** Why the latest config is not in force, or not all of it. */
  get refusal (): Refusal | undefined { return this.#refusal }

  /** One after the other; one that is still under way when the next comes is given up. @throws WATT_CONFIG_VERSION, WATT_CONFIG_INVALID */
  apply (wanted: AppConfig): Promise<void> {
    this.#newer.abort()
    const { signal } = this.#newer = new AbortController()
    const applied = this.#last.then(() => this.#apply(wanted, signal))
    this.#last = applied.catch(() => {})
    return applied
  }

  /** Keeps the config in force and says why. */
  refuse ({ code, message, hint }: Refusal): void {
    this.#keep({ code, message, hint }, `the new app config is refused, the one before stays in force: ${message}`)
  }

  async #apply (wanted: AppConfig, signal: AbortSignal): Promise<void> {
    const { log, emit, isLeaving, checkMemory } = this.#ports
    try {
      checkAppConfig(wanted)
      // As it would be in this pod: what it cannot take needs no room here.
      checkMemory(configDiff(this.#config, wanted).config)
    } catch (thrown) {
      if (thrown instanceof WattError) this.refuse(thrown)
      throw thrown
    }
    const { steps, config, needsNewPod } = configDiff(this.#config, wanted)
    // What may change may not fit what stays.
    if (needsNewPod.length > 0 && !isValid(config)) return this.#keepOut(needsNewPod)
    try {
      await this.#takeAll(steps, config, signal)
    } catch (thrown) {
      if (isLeaving()) return
      if (signal.aborted) return log('info', 'an app config was given up before it was in force: there is a newer one')
      const error = errors.WATT_CONFIG_ROLLED_BACK(messageOf(thrown))
      return this.#keep(error.toJSON(), error.message)
    }
    this.#config = config
    this.#refusal = undefined
    if (steps.length > 0) {
      const changes = steps.map(describeStep).filter((change) => change !== '')
      log('info', `a new app config is in force: ${changes.join('; ')}`)
      emit({ type: 'configApplied', changes, logLevel: config.logs.level })
    }
    if (needsNewPod.length > 0) this.#keepOut(needsNewPod)
  }

  /** All of them, or none: those that were taken are taken back, the last one first. */
  async #takeAll (steps: ConfigStep[], config: AppConfig, signal: AbortSignal): Promise<void> {
    const { take, log, isLeaving } = this.#ports
    const taken: ConfigStep[] = []
    try {
      for (const step of steps) {
        if (signal.aborted) throw signal.reason
        await take(step, config, signal)
        taken.unshift(step)
      }
    } catch (thrown) {
      for (const step of isLeaving() ? [] : taken) {
        await take(step, this.#config).catch((failed: unknown) => log('error', `a step of the new app config cannot be taken back: ${messageOf(failed)}`))
      }
      throw thrown
    }
  }

  #keepOut (paths: string[]): void {
    this.#keep(errors.WATT_CONFIG_NEEDS_NEW_POD(paths.join(', ')).toJSON())
  }

  #keep (refusal: Refusal, told = refusal.message): void {
    const { code, hint } = this.#refusal = refusal
    this.#ports.log(code === 'WATT_CONFIG_NEEDS_NEW_POD' ? 'warn' : 'error', told, { code, hint })
    this.#ports.emit({ type: 'configRefused', ...refusal })
  }
}

function isValid (config: AppConfig): boolean {
  try {
    checkAppConfig(config)
    return true
  } catch {
    return false
  }
}
