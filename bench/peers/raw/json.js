// The limit: bare node:http, one thread, the bytes that the Fastify service answers.
import { createServer } from 'node:http'

createServer((request, response) => {
  const body = JSON.stringify({ hello: 'world', items: [1, 2, 3], at: 'bench' })
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
