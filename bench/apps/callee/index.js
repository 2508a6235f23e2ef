// What the mesh rows call: bare node:http and a small JSON answer, so that the hop is most of what is measured.
import { createServer } from 'node:http'

const body = JSON.stringify({ hello: 'world', items: [1, 2, 3], at: 'bench' })

createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(body)
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
