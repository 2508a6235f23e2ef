// Entry of the gateway's thread: joins the mesh, listens, and does as the supervisor says.
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../base/clock.ts'
import { collector, compactWhenIdle } from '../base/compact.ts'
import { messageOf, WattError } from '../base/error.ts'
import { keepNodeShapes } from '../base/shape.ts'
import { patientHold } from '../mesh/hold.ts'
import { joinMesh } from '../mesh/join.ts'
import { createObserver } from '../telemetry/record/observer.ts'
import { createRecorder } from '../telemetry/record/recorder.ts'
import type { Development } from './development.ts'
import { errors } from './errors.ts'
import { startGateway, type Gateway } from './server.ts'
import type { GatewayData, GatewayMessage, GatewayOrder } from './thread.ts'

if (parentPort === null) throw new Error('src/gateway/main.ts runs as a worker thread of the supervisor')
const supervisor = parentPort
const { app, host, port, reusePort = false, config, development: states, mesh: meshPort, page, worker } = workerData as GatewayData

keepNodeShapes()
const post = (message: GatewayMessage): void => supervisor.postMessage(message)
const recorder = createRecorder(page, post)
const observer = createObserver({ service: 'gateway', recorder, tracing: config.tracing, post })
const mesh = joinMesh({ service: 'gateway', worker, port: meshPort, observer, ...(states !== undefined && { hold: patientHold }) })

try {
  const development = states === undefined ? undefined : (await import('./development.ts')).createDevelopment(states)
  const gateway = await startGateway({ app, worker, host, port, reusePort, config, mesh, observer, recorder, development, post })
  supervisor.on('message', (order: GatewayOrder) => obey(gateway, order, development))
  post({ type: 'listening', host: gateway.host, port: gateway.port })
  compactWhenIdle(collector, systemClock)
} catch (thrown) {
  fail(thrown)
}

function obey (gateway: Gateway, order: GatewayOrder, development: Development | undefined): void {
  switch (order.type) {
    case 'configure':
      gateway.configure(order.config)
      post({ type: 'configured' })
      return
    case 'develop': return development?.set(order.states)
    case 'ping': return post({ type: 'pong' })
    case 'drain':
      gateway.drain(order.timeoutMs).then(leave, fail)
  }
}

function leave (): void {
  observer.flush()
  mesh.close()
  post({ type: 'drained' })
  supervisor.close()
}

function fail (thrown: unknown): void {
  mesh.close()
  const error = thrown instanceof WattError ? thrown : errors.WATT_GATEWAY_FAILED(messageOf(thrown))
  post({ type: 'failed', error: error.toJSON() })
}
