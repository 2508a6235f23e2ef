// The Vite server that Astro makes in development, kept from listening: its requests come from a server of this thread.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { refuse } from '../static.ts'
import type { BasePath } from './config-module.ts'

/** What Astro calls of it, and what is set here; alike in Vite 6 to 8. */
interface ViteServer {
  httpServer: Server | null
  middlewares: { handle: (request: IncomingMessage, response: ServerResponse, next: () => void) => void }
  listen: () => Promise<ViteServer>
  close: () => Promise<void>
}

export interface ViteServed {
  /** Of Vite, for whatever server Astro makes. */
  plugin: object
  /** Waits while there is none: Astro 5 makes another one when its config has changed. */
  handle: (request: IncomingMessage, response: ServerResponse) => void
}

/** `base`: known by the time that Vite has its config. */
export function viteServedBy (server: Server, base: BasePath): ViteServed {
  let served = Promise.withResolvers<ViteServer>()
  let latest: ViteServer | undefined
  const underway = new Set<ServerResponse>()

  const plugin = {
    name: 'wattapp:server',
    enforce: 'pre',
    // Modules name each other by Vite's base, which Astro leaves at the root.
    config: () => base.basePath === '' ? {} : { base: `${base.basePath}/` },
    configureServer (vite: ViteServer) {
      latest = vite
      // Astro looks at its address, and makes it listen; as middleware it has no server, and refuses to.
      vite.httpServer = server
      vite.listen = async () => {
        served.resolve(vite)
        return vite
      }
      const { close } = vite
      vite.close = async () => {
        // Astro 7 has Vite make the other one first, and put its parts into the one that there was.
        if (latest === vite) {
          served = Promise.withResolvers()
          // Of one that is closed they would never get an answer.
          for (const response of underway) response.destroy()
        }
        await close()
      }
    }
  }

  function handle (request: IncomingMessage, response: ServerResponse): void {
    // As middleware Vite leaves what failed to whoever comes next. Without an answer the browser would wait, and hear of nothing more.
    const fail = (): void => { if (!response.headersSent) refuse(response, 500) }
    served.promise.then(({ middlewares }) => {
      underway.add(response)
      response.once('close', () => underway.delete(response))
      middlewares.handle(request, response, fail)
    }).catch(fail)
  }

  return { plugin, handle }
}
