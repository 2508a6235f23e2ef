// `--inspect` and `--inspect-brk` of run and dev: what is loaded for them, and what a person is told.
import type { Lifetime } from '../../base/lifetime.ts'
import type { Inspection, ListenAddress } from '../../supervisor/supervisor.ts'
import { errors } from '../errors.ts'
import type { Output } from '../output.ts'

export interface InspectOptions {
  /** True: where Node's own inspector listens. */
  inspect?: ListenAddress | true
  /** Services that wait for a debugger before their first line. */
  inspectBrk?: string[]
}

const usual: ListenAddress = { host: '127.0.0.1', port: 9229 }

export function isInspected ({ inspect, inspectBrk = [] }: InspectOptions): boolean {
  return inspect !== undefined || inspectBrk.length > 0
}

/** Undefined: nobody asked for it. @throws WATT_SERVICE_NOT_IN_APP, WATT_PORT_IN_USE, WATT_LISTEN_FAILED */
export async function openInspector (options: InspectOptions, app: { app: string, services: ReadonlyArray<{ name: string }> }, { tell, paintError: paint }: Output, life: Lifetime): Promise<Inspection | undefined> {
  if (!isInspected(options)) return undefined
  const { inspect = true, inspectBrk: stopped = [] } = options
  const names = app.services.map(({ name }) => name)
  const stranger = stopped.find((name) => !names.includes(name))
  if (stranger !== undefined) throw errors.WATT_SERVICE_NOT_IN_APP(stranger, app.app, names.join(', '))
  const [{ Inspector }, { openEndpoint }] = await Promise.all([import('./inspector.ts'), import('./endpoint.ts')])
  const inspector: Inspection & InstanceType<typeof Inspector> = new Inspector({
    stopped,
    waits: (service) => tell(`  ${paint('bold', service)}  ${paint('yellow', 'waits for a debugger')} at ws://${endpoint.address}/${service}`)
  })
  const endpoint = await openEndpoint(inspect === true ? usual : inspect, inspector)
  life.add(endpoint, (endpoint) => endpoint.close())
  tell(`  ${paint('dim', `debuggers attach to ${endpoint.address} (chrome://inspect), or to one service: ws://${endpoint.address}/SERVICE`)}`)
  return inspector
}
