// What a new spec means for running pods: nothing, a live change of their config, or a roll, and by which fields.
import type { AppConfig } from '../api/app-config.ts'
import { differences, project } from './drift.ts'
import type { PodTemplateSpec } from './render/objects.ts'
import { frozenPart } from './render/revision.ts'

export interface Rendered { revision: string, config: AppConfig, template: PodTemplateSpec }

export interface Change {
  how: 'nothing' | 'live' | 'roll'
  /** In the words of app.json and of the pod's spec, for people: ["services[products].routes"] */
  fields: string[]
}

/** @param before as it is in the cluster; its config is undefined when its ConfigMap is gone */
export function change (before: { revision: string, config: AppConfig | undefined, template: unknown }, after: Rendered): Change {
  if (before.revision === after.revision) {
    const fields = before.config === undefined ? [] : differences(before.config, after.config, '').map(nameOfField)
    return { how: fields.length === 0 ? 'nothing' : 'live', fields }
  }
  const config = before.config === undefined ? [] : differences(frozenPart(before.config), frozenPart(after.config), '').filter((path) => path !== 'memoryLimitBytes')
  const template = differences(project(before.template, after.template), after.template, '').filter((path) => !isDerived(path))
  return { how: 'roll', fields: [...new Set([...config, ...template.map(shorten)])] }
}

/** These follow from the revision itself, or from fields that are named already. */
function isDerived (path: string): boolean {
  return /wattapp\.dev\/revision|^spec\.volumes\[wattapp-(config|pod)\]|volumeMounts\[\/etc\/wattapp\/pod\]|Probe\b|terminationGracePeriodSeconds/.test(path)
}

/** In the words of the manifest. */
function nameOfField (path: string): string {
  return path === 'sourceHash' ? 'source.configMap' : path
}

function shorten (path: string): string {
  return path.replace('spec.containers[app].', '').replace(/^(spec|metadata)\./, '')
}
