// Is the pod ready, and if not, why. Pure.
// Ready once every required service has had a ready worker; afterwards unready only while it drains or has no gateway: one
// service in crash loop must not empty the Service of an app whose other parts work.

export interface PodState {
  isDraining: boolean
  isGatewayListening: boolean
  hasGatewayListened: boolean
  services: ReadonlyArray<{ name: string, required: boolean, hasBeenReady: boolean, isSettled: boolean, message: string }>
}

export interface Check {
  name: string
  isOk: boolean
  /** One sentence; empty when ok. */
  reason: string
}

/** Of /readyz, in this order. */
export function readinessChecks ({ isDraining, isGatewayListening, services }: PodState): Check[] {
  return [
    check('shutdown', !isDraining, 'the pod is draining'),
    check('gateway', isGatewayListening, 'the gateway does not listen'),
    ...services.filter(({ required }) => required).map(({ name, hasBeenReady, message }) =>
      check(`service/${name}`, hasBeenReady, `service "${name}" has had no ready worker yet: ${message}`))
  ]
}

/**
 * Of /startupz: everything was tried once. Not the same as ready: restarting a whole pod because one of its services cannot start
 * would only take the others down with it.
 */
export function startupChecks ({ hasGatewayListened, services }: PodState): Check[] {
  return [
    check('gateway', hasGatewayListened, 'the gateway does not listen yet'),
    ...services.filter(({ required }) => required).map(({ name, isSettled }) => check(`service/${name}`, isSettled, `service "${name}" is still starting`))
  ]
}

/** Of /livez: who answers is alive. What a restart of the pod does not heal is no reason for one. */
export function livenessChecks (): Check[] {
  return [check('supervisor', true, '')]
}

function check (name: string, isOk: boolean, reason: string): Check {
  return { name, isOk, reason: isOk ? '' : reason }
}
