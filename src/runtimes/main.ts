// A service's thread: joins the mesh, gives the thread what it lacks of a process, runs the service, and ends it in order.
// Reaches no npm package (every worker would pay for it), and loads what only some services need when they need it.
import { systemClock } from '../base/clock.ts'
import { collector, compactWhenIdle } from '../base/compact.ts'
import { installClient } from '../mesh/client/index.ts'
import { joinMesh } from '../mesh/join.ts'
import { catchListen } from '../mesh/serve/listen.ts'
import { captureOutput } from '../telemetry/logs/capture.ts'
import { createObserver } from '../telemetry/record/observer.ts'
import { createRecorder } from '../telemetry/record/recorder.ts'
import { drain } from './drain.ts'
import { host } from './host.ts'
import { ServerWatch } from './server-watch.ts'
import { StartReport } from './start-report.ts'
import { start } from './start.ts'
import { surround } from './surroundings/index.ts'

const { data: { services: [hosted], folder, root, page, tracing }, isProcess, post } = host
if (hosted === undefined) throw new Error('a thread runs at least one service')
const { service, endpoint, mesh: meshPort } = hosted

const recorder = createRecorder(page, post)
const observer = createObserver({ service: service.name, recorder, tracing, post })
const output = captureOutput(post, observer.current)
const mesh = joinMesh({ service: service.name, worker: endpoint, port: meshPort, observer })
installClient(mesh)
const port = surround({ service: service.name, folder, port: service.port, isProcess })
const caught = catchListen({ service: service.name, port, changed: () => watch.changed() })
const watch = new ServerWatch({ service: service.name, caught, port, named: service.port, clock: systemClock })
const report = new StartReport(service.name, service.path, post)
let close = async (): Promise<void> => {}
let isDraining = false

host.hear((order) => {
  switch (order.type) {
    case 'drain': return leave()
  }
})
// Only a server that callers can reach, or the service's own work, keeps the thread alive.
meshPort.unref()

start({
  service,
  root,
  folder,
  port,
  caught,
  watch,
  mesh,
  clock: systemClock,
  post,
  found: (file) => { report.file = file },
  ran: (exported) => { report.exported = exported },
  joined: () => meshPort.ref()
}).then((end) => {
  close = end
  report.close()
  compactWhenIdle(collector, systemClock)
}, (thrown: unknown) => {
  report.failed(thrown)
  process.exit(1)
})

function leave (): void {
  if (isDraining) return
  isDraining = true
  report.close()
  // Last of all, whoever ends the thread: the service's own handlers do as well.
  process.on('exit', () => {
    observer.flush()
    output.flush()
    post({ type: 'drained' })
  })
  drain({ mesh, timeoutMs: service.drainTimeoutMs, close: () => close(), clock: systemClock })
    .then(() => process.exit(0), (thrown: unknown) => process.nextTick(() => { throw thrown }))
}
