// The seventh process: as light a gateway as Node can be. It forwards /sN/… to the N-th of PORTS over kept connections; no log, no metrics.
import { Agent, createServer, request } from 'node:http'

const ports = process.env.PORTS.split(',').map(Number)
const agent = new Agent({ keepAlive: true })

createServer((incoming, response) => {
  const [, index = '', rest = ''] = /^\/s(\d+)(.*)$/.exec(incoming.url) ?? []
  const port = ports[Number(index) - 1]
  if (port === undefined) return response.writeHead(404).end()
  const outgoing = request({ agent, host: '127.0.0.1', port, method: incoming.method, path: rest === '' ? '/' : rest, headers: incoming.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders)
    answer.pipe(response)
  })
  outgoing.on('error', () => response.headersSent ? response.destroy() : response.writeHead(502).end())
  incoming.pipe(outgoing)
}).listen(Number(process.env.PORT), '127.0.0.1')
