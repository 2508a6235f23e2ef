// A program that just listens.
import { createServer } from 'node:http'

createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ greeting: 'hello' }))
}).listen(3001)
