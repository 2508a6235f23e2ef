// Which changes of conditions are worth an event. Pure.
import type { Condition } from '../../api/wattapp.ts'

export interface News { type: 'Normal' | 'Warning', reason: string, action: string, note: string }

/** Events tell what happened; what is, the conditions say. So: only what turned, or turned differently bad. */
export function news (before: readonly Condition[], after: readonly Condition[]): News[] {
  return after.flatMap((condition) => {
    const old = before.find(({ type }) => type === condition.type)
    const isSame = old?.status === condition.status && old.reason === condition.reason
    return isSame ? [] : told(condition, old)
  })
}

function told ({ type, status, reason, message }: Condition, old: Condition | undefined): News[] {
  const normal = (): News[] => [{ type: 'Normal', reason, action: 'Reconcile', note: message }]
  const warning = (): News[] => [{ type: 'Warning', reason, action: 'Reconcile', note: message }]
  switch (`${type}=${status}`) {
    case 'Accepted=False': return warning()
    case 'Accepted=True': return old?.status === 'False' ? normal() : []
    case 'Ready=True': return normal()
    case 'Degraded=True': return warning()
    case 'Degraded=False': return old?.status === 'True' ? [{ type: 'Normal', reason: 'Recovered', action: 'Reconcile', note: message }] : []
    case 'Progressing=False': return reason === 'RolledOut' || reason === 'NotAccepted' ? [] : warning()
    default: return []
  }
}
