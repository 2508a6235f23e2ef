// The carrier: a thread that starts child processes and carries what they and the other threads say to each other, so that the
// supervisor's main thread moves no bytes, waits for no fork, and answers its probes whatever the children do. Started with the
// first service of isolation `process`; runs no users' code.
import { parentPort } from 'node:worker_threads'
import { systemClock } from '../base/clock.ts'
import { messageOf } from '../base/error.ts'
import { CarriedChild, type Said } from './process-child.ts'
import type { CarrierMessage, CarrierOrder } from './process-carrier-message.ts'

/** As often as the sampler looks (sampler.ts). */
const watchMs = 50

const main = parentPort
if (main === null) throw new Error('src/supervisor/process-carrier.ts is the entry of a worker thread')
const children = new Map<number, CarriedChild>()
let watching: NodeJS.Timeout | undefined

function tell (child: number, said: Said, transfer: ArrayBuffer[] = []): void {
  main?.postMessage({ child, ...said } satisfies CarrierMessage, transfer)
  if (said.said !== 'exited') return
  children.delete(child)
  if (children.size > 0) return
  clearInterval(watching)
  watching = undefined
}

function start ({ child, plan }: Extract<CarrierOrder, { do: 'start' }>): void {
  try {
    children.set(child, new CarriedChild(plan, systemClock, (said, transfer) => tell(child, said, transfer)))
    watching ??= setInterval(() => children.forEach((each) => each.watch()), watchMs)
  } catch (thrown) {
    tell(child, { said: 'threw', error: { message: `its process cannot be started: ${messageOf(thrown)}` } })
    tell(child, { said: 'exited', end: { code: null, signal: null, pid: undefined } })
  }
}

main.on('message', (order: CarrierOrder) => {
  switch (order.do) {
    case 'start': return start(order)
    case 'post': return children.get(order.child)?.post(order.order)
    case 'kill': return children.get(order.child)?.kill()
  }
})
