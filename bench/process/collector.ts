// Takes traces by OTLP over HTTP, and forgets them.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Collector {
  url: string
  /** Exports that came. */
  received: () => number
  close: () => Promise<void>
}

export async function startCollector (): Promise<Collector> {
  let received = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.method === 'POST' && request.url === '/v1/traces') received++
      // An empty ExportTraceServiceResponse is no bytes.
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => received,
    async close () {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}
