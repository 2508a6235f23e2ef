// 1 MiB out by GET, any size in by POST, both streamed: in a thread of ours behind the gateway, and as the raw side by itself.
import { createServer } from 'node:http'
import { pipeline, Readable } from 'node:stream'

const chunk = Buffer.alloc(64 * 1024, 'x')
const chunks = 16

createServer((request, response) => {
  if (request.method === 'POST') {
    let bytes = 0
    request.on('data', ({ length }) => { bytes += length })
    request.on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify({ bytes })))
    return
  }
  let left = chunks
  const source = new Readable({ read () { this.push(left-- > 0 ? chunk : null) } })
  response.setHeader('content-type', 'application/octet-stream')
  pipeline(source, response, () => {})
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
