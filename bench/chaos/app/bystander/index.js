// The service that has nothing to do with it.
import { createServer } from 'node:http'

export function create () {
  return createServer((_, response) => { response.end('bystander') })
}
