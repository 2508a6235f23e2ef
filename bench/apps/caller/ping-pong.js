// One half of the floor under a call to another thread: a bare message there and one back.
import { Worker } from 'node:worker_threads'

const echo = `
const { workerData } = require('node:worker_threads')
workerData.on('message', (value) => workerData.postMessage(value))`

export async function startEcho () {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(echo, { eval: true, workerData: port2, transferList: [port2] })
  let answered
  port1.on('message', (value) => answered(value))
  const ping = () => new Promise((resolve) => {
    answered = resolve
    port1.postMessage(1)
  })
  await ping()
  // Neither keeps the service from leaving.
  worker.unref()
  port1.unref()
  return { ping }
}
