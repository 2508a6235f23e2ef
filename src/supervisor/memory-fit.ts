// Refuses an app that its container cannot hold. Pure.
import type { AppConfig } from '../api/app-config.ts'
import { inMebi } from '../api/memory-plan.ts'
import { errors } from './errors.ts'
import { doesNotFit, shareOf } from './memory-share.ts'

/**
 * @param actualBytes of the container, where that is known: a pod that was resized since it was planned has ceilings in proportion
 * @throws WATT_MEMORY_DOES_NOT_FIT
 */
export function checkMemory (config: AppConfig, actualBytes: number | undefined): void {
  const { memoryLimitBytes: plannedBytes = actualBytes } = config
  if (plannedBytes === undefined) return
  const lines = doesNotFit(config, plannedBytes)
  if (lines !== undefined) throw errors.WATT_MEMORY_DOES_NOT_FIT(inMebi(plannedBytes), lines)
  const share = shareOf(config, actualBytes, () => 0)
  if ('refused' in share) throw errors.WATT_MEMORY_DOES_NOT_FIT(inMebi(actualBytes ?? plannedBytes), share.refused)
}
