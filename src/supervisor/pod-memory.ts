// The pod's memory as a whole: what it may have, which its workers' ceilings follow, and what it has.
import { watchConfigFile } from './config-file.ts'
import type { AppConfig } from '../api/app-config.ts'
import type { PodMemoryStatus } from '../api/app-status.ts'
import { inMebi } from '../api/memory-plan.ts'
import type { Clock, Timer } from '../base/clock.ts'
import { messageOf } from '../base/error.ts'
import type { Group } from './group.ts'
import type { Log } from './log.ts'
import { shareOf } from './memory-share.ts'
import { memoryMessage, unaccountedBytes, type PodMemory as Now } from './pod-memory-state.ts'
import type { Figures } from './sampler.ts'

export interface PodMemoryPorts {
  clock: Clock
  log: Log
  groups: readonly Group[]
  /** In force. */
  config: () => AppConfig
  figures: (worker: number) => Figures
  /** Of all threads and processes. */
  held: () => { heldBytes: number, processBytes: number, threads: number }
  /** process.memoryUsage.rss */
  resident: () => number
  isLeaving: () => boolean
}

const everyMs = 1_000

export class PodMemory {
  readonly #ports: PodMemoryPorts
  /** What the container has, if anybody said so; else what was planned. */
  #actualBytes: number | undefined
  #refusal = ''
  #message = ''
  #last: Promise<void> = Promise.resolve()
  #timer: Timer | undefined

  constructor (actualBytes: number | undefined, ports: PodMemoryPorts) {
    this.#actualBytes = actualBytes
    this.#ports = ports
    this.#wake()
  }

  get limitBytes (): number | undefined {
    return this.#actualBytes ?? this.#ports.config().memoryLimitBytes
  }

  status (): PodMemoryStatus {
    const now = this.#now()
    const { limitBytes } = now
    return {
      ...(limitBytes !== undefined && { limitBytes }),
      residentBytes: now.residentBytes,
      unaccountedBytes: unaccountedBytes(now),
      message: [this.#refusal, this.#message].filter((message) => message !== '').join('; ')
    }
  }

  /** Resolves when each worker has the ceiling that follows from it, or when it is refused, which the status says. */
  resize (limitBytes: number): Promise<void> {
    const beforeBytes = this.limitBytes
    if (limitBytes === beforeBytes) return this.#last
    this.#actualBytes = limitBytes
    this.#ports.log('info', `the pod's memory limit is now ${inMebi(limitBytes)}${beforeBytes === undefined ? '' : `, ${inMebi(beforeBytes)} before`}`)
    return this.share()
  }

  /** Ceilings in line with the limit; also after each change of the config. */
  share (): Promise<void> {
    this.#last = this.#last.then(() => this.#share()).catch((thrown: unknown) => this.#refuse(messageOf(thrown)))
    return this.#last
  }

  close (): void {
    this.#timer?.cancel()
  }

  async #share (): Promise<void> {
    const { groups, config, figures, isLeaving, log } = this.#ports
    const share = shareOf(config(), this.#actualBytes, (name) => {
      const group = groups.find((group) => group.name === name)
      return Math.max(0, ...(group?.workers ?? []).map(({ id }) => heldBy(figures(id))))
    })
    if ('refused' in share) return this.#refuse(share.refused)
    for (const group of groups) {
      const bytes = share.ceilings.get(group.name)
      if (bytes === undefined || bytes === group.memoryBytes || isLeaving()) continue
      log('info', `a worker of "${group.name}" may now hold ${inMebi(bytes)}, ${inMebi(group.memoryBytes)} before; its workers are replaced one by one`, { service: group.name })
      await group.setMemory(bytes)
    }
    this.#refusal = ''
  }

  #refuse (reason: string): void {
    if (this.#ports.isLeaving()) return
    this.#refusal = `the workers' ceilings stay as they were, though the limit is ${inMebi(this.limitBytes ?? 0)}: ${reason}`
    this.#ports.log('error', this.#refusal, { hint: 'give the pod more memory, or lower services[].memory' })
  }

  #wake (): void {
    this.#timer = this.#ports.clock.after(everyMs, () => {
      const message = memoryMessage(this.#now(), this.#message !== '')
      // Told once; its numbers change all the time.
      if (message !== '' && this.#message === '') this.#ports.log('warn', message, { hint: '`isolation: process` bounds such memory too' })
      if (message === '' && this.#message !== '') this.#ports.log('info', 'the pod is well below its memory limit again')
      this.#message = message
      this.#wake()
    }, { unref: true })
  }

  #now (): Now {
    const { held, resident } = this.#ports
    const { heldBytes, processBytes, threads } = held()
    return { limitBytes: this.limitBytes, residentBytes: resident() + processBytes, heldBytes: heldBytes + processBytes, threads }
  }
}

/**
 * Reads the limit from a file of the downward API, one decimal number of bytes, and tells each change. A file that is not there,
 * or has no such number, tells nothing.
 */
export function watchLimit (file: string, seen: string, changed: (limitBytes: number) => Promise<void>, clock: Clock): AsyncDisposable {
  return watchConfigFile(file, seen, async (change) => {
    const limitBytes = 'text' in change ? readLimit(change.text) : undefined
    if (limitBytes !== undefined) await changed(limitBytes)
  }, clock)
}

export function readLimit (text: string): number | undefined {
  return /^[1-9]\d{0,15}\s*$/.test(text) ? Number(text) : undefined
}

function heldBy ({ heapUsedBytes, externalBytes, residentBytes }: Figures): number {
  return residentBytes ?? heapUsedBytes + externalBytes
}
