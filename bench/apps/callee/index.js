// What the mesh rows call: bare node:http and a small JSON answer, so that the hop is most of what is measured.
import { createServer } from 'node:http'

const body = JSON.stringify({ hello: 'world', items: [1, 2, 3], at: 'bench' })

export const create = () => createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(body)
})
