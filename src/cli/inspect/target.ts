// What debuggers are shown: one target a service, by the service's name. Pure.

export interface Target {
  /** Its path at the endpoint: the service's name; of a second worker of it, and so on, with a number. */
  id: string
  service: string
}

export interface Inspected { id: number, services: readonly string[], isLeaving: boolean }

/** Of those that stay, the oldest first: a debugger that comes again finds the worker that took the place of the one it knew. */
export function targetsOf (workers: readonly Inspected[]): Array<Target & { worker: number }> {
  const targets = new Map<string, Target & { worker: number }>()
  for (const { id: worker, services, isLeaving } of workers) {
    if (isLeaving) continue
    for (const service of services) {
      const id = targets.has(service) ? `${service}/${worker}` : service
      targets.set(id, { id, service, worker })
    }
  }
  return [...targets.values()]
}

/** As Node's own inspector lists them: chrome://inspect, VS Code and others read it. `address`: host and port of the endpoint. */
export function listing ({ id, service }: Target, address: string): Record<string, string> {
  const socket = `${address}/${id}`
  const frontend = `devtools://devtools/bundled/js_app.html?experiments=true&v8only=true&ws=${socket}`
  return {
    description: `service "${service}"`,
    devtoolsFrontendUrl: frontend,
    devtoolsFrontendUrlCompat: frontend.replace('js_app', 'inspector'),
    faviconUrl: 'https://nodejs.org/static/images/favicons/favicon.ico',
    id,
    title: id,
    type: 'node',
    url: `http://${service}.internal/`,
    webSocketDebuggerUrl: `ws://${socket}`
  }
}

/** A name that a page could have pointed to this machine (DNS rebinding) is refused, as Node's inspector does. */
export function isLocalName (host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase()
  return name === 'localhost' || /^[\d.]+$/.test(name) || /^\[[\da-f:.]+\]$/.test(name)
}

/** Pages of the web may not debug: a socket needs no leave of the one that it is opened to, and the paths here are no secret. */
export function mayDebug (origin: string | undefined): boolean {
  return origin === undefined || /^(chrome-)?devtools:\/\//.test(origin)
}
