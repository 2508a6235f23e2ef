// A bare server beside the pod, which the fault has nothing to do with: when it does not answer either, it was the machine.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const server = createServer((_, response) => { response.end('control') }).listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
// Its load holds the other end: it ends with it, however that ends.
process.stdin.resume().on('close', () => process.exit(0))
