// The operator's own port: /healthz, /readyz, /metrics.
import { createServer } from 'node:http'
import type { Registry } from 'prom-client'

export interface AdminOptions {
  host: string
  port: number
  registry: Registry
  /** Why not ready; empty when ready. */
  notReady: () => string[]
}

export interface Admin { port: number, close: () => Promise<void> }

export async function startAdmin ({ host, port, registry, notReady }: AdminOptions): Promise<Admin> {
  const server = createServer((request, response) => {
    const say = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text)
    }
    switch (request.url?.split('?')[0]) {
      // Never asks the API server: its absence is no reason to restart us.
      case '/healthz': return say(200, 'ok\n')
      case '/readyz': {
        const reasons = notReady()
        return reasons.length === 0 ? say(200, 'ok\n') : say(503, reasons.join('\n') + '\n')
      }
      case '/metrics':
        registry.metrics().then((text) => say(200, text, registry.contentType), (thrown: unknown) => say(500, String(thrown)))
        return
      default: say(404, 'not found\n')
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: async () => await new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }
}
