// Checks as the kubelet and people read them: the text of Kubernetes' own /readyz?verbose. Pure.
import type { Check } from '../readiness-state.ts'

/** `ok` alone unless asked for more; a failure always says which. */
export function probeAnswer (probe: string, checks: readonly Check[], isVerbose: boolean): { status: 200 | 503, body: string } {
  const isOk = checks.every((check) => check.isOk)
  if (isOk && !isVerbose) return { status: 200, body: 'ok' }
  const lines = checks.map(({ name, isOk, reason }) => isOk ? `[+]${name} ok\n` : `[-]${name} failed: ${reason}\n`)
  return { status: isOk ? 200 : 503, body: `${lines.join('')}${probe} check ${isOk ? 'passed' : 'failed'}\n` }
}
