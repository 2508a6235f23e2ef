// Does what a new app config asks for, a step at a time: the same whether the config is new or the one before it again.
import type { AppConfig } from '../api/app-config.ts'
import { threadGroups, type ThreadGroup } from '../api/thread-group.ts'
import { gatewayConfig } from '../gateway/config.ts'
import type { GatewayConfig } from '../gateway/thread.ts'
import type { ConfigStep } from './config-diff.ts'
import { findPlaces } from './service-folder.ts'
import type { SourceFolder } from './source-folder.ts'
import type { Tree } from './tree.ts'
import { specOf, type Places } from './worker-spec.ts'

export interface StepPorts {
  /** Of the app; a real path. */
  root: string
  source: SourceFolder
  tree: Tree
  configureGateway: (config: GatewayConfig) => Promise<void>
  /** The code's hash has changed, and its files have not. */
  sourceLate: () => void
}

export class ConfigSteps {
  readonly #ports: StepPorts

  constructor (ports: StepPorts) {
    this.#ports = ports
  }

  /** @param signal gives it up. @throws when `config` is not in force in that respect; all is as before then */
  async take (step: ConfigStep, config: AppConfig, inForce: AppConfig, signal?: AbortSignal): Promise<void> {
    const { tree, configureGateway } = this.#ports
    switch (step.do) {
      case 'awaitSource': return this.#awaitSource(config, inForce, signal)
      case 'roll': {
        const group = groupOf(config, step.group)
        return tree.find(step.group).roll(specOf(group, await this.#placesOf(group, config)), signal)
      }
      case 'adopt': return tree.find(step.group).adopt({ group: groupOf(config, step.group) })
      case 'scale': return tree.find(step.group).bound(groupOf(config, step.group).services[0].workers)
      case 'route':
      case 'setGateway': return configureGateway(gatewayConfig(config))
      // Whoever made the sink sets its level when it hears `configApplied`.
      case 'setLogLevel':
    }
  }

  /** Until the new code is mounted. The code in force is a copy from then on, for whoever must be started again before it has gone. */
  async #awaitSource ({ sourceHash }: AppConfig, inForce: AppConfig, signal?: AbortSignal): Promise<void> {
    const { source, tree, sourceLate } = this.#ports
    // On the way back the copy is what everybody has.
    if (sourceHash === undefined || sourceHash === inForce.sourceHash) return
    if (!await source.arrived(sourceHash, signal) && signal?.aborted !== true) sourceLate()
    for (const group of tree.groups) group.adopt({ places: await this.#placesOf(group.group, inForce) })
  }

  async #placesOf ({ services }: ThreadGroup, { sourceHash }: AppConfig): Promise<Places> {
    const { root, source } = this.#ports
    const copy = sourceHash === undefined ? undefined : await source.copyOf(sourceHash)
    if (copy === undefined) return findPlaces(services, root)
    const mounted = new Map(services.map(({ name }) => [name, root]))
    return { ...await findPlaces(services, copy), copyOf: { root, folders: mounted } }
  }
}

function groupOf (config: AppConfig, name: string): ThreadGroup {
  const found = threadGroups(config).find((group) => group.name === name)
  if (found === undefined) throw new RangeError(`there is no group "${name}" in the config`)
  return found
}
