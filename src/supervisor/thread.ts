// One worker thread of Node: how it is started, heard and ended. A thread in a native call outlives `terminate()`: it is given up.
import { Worker, type Transferable } from 'node:worker_threads'
import type { Clock } from '../base/clock.ts'
import type { Meeting } from '../mesh/carry/meeting.ts'
import { hottestStack, type CpuProfile } from './cpu-profile.ts'
import type { ProcessEnd } from './process-end.ts'

/** `service`: src/runtimes/main.ts; `gateway`: src/gateway/main.ts. */
export type ThreadKind = 'service' | 'gateway'

export interface ThreadPlan {
  kind: ThreadKind
  /** For people: shown by debuggers and `top -H`. */
  name: string
  data: object
  transfer: Transferable[]
  env: Record<string, string>
  argv: string[]
  /** Debuggers may attach to it. */
  isInspected: boolean
  /** Bytes after which the supervisor ends the thread. V8's own limit is put far above. */
  memoryBytes: number
}

export interface ThreadEvents {
  /** Its code has begun to run. Of a process: `door` is where the mesh meets it, `inspector` where debuggers do. */
  online: (door?: Meeting, inspector?: string) => void
  /** Whatever the thread posted; its service's own code may post as well. */
  message: (message: unknown) => void
  /** Past the capture in the thread: Node's own last words. */
  output: (descriptor: 1 | 2, chunk: Uint8Array) => void
  threw: (error: unknown) => void
  /** It has not ended so long after `terminate()`. Its `exited` may still come, much later. */
  abandoned: () => void
  /** `end`: of a child process. */
  exited: (code: number, end?: ProcessEnd) => void
}

/** `residentBytes`: of a child process, what counts. */
export interface Memory { heapUsedBytes: number, externalBytes: number, residentBytes?: number }

export interface Thread {
  /** Node's number of it; absent of a child process. */
  id?: number
  post: (order: object) => void
  terminate: () => void
  /** Idle and active milliseconds since its start; works while the thread is blocked. */
  loop: () => { idle: number, active: number }
  /** Answered inside of a running loop of JavaScript too, but not in a native call. Rejects once it has ended. */
  heap: () => Promise<Memory>
  /** Where its JavaScript is, watched for so long: a stack for the log. Answered as `heap` is; undefined when there is none to see. */
  where?: (forMs: number) => Promise<string | undefined>
}

const mib = 2 ** 20

/**
 * V8 ends the whole process at its own limit as often as not, so the limit lies where the sampler has long been; but not
 * further: the larger the limit, the more garbage V8 lets pile up (85 MiB for 40 live ones at 4 GiB, 58 at 1 GiB).
 */
export function heapLimitMb (memoryBytes: number): number {
  return Math.ceil((memoryBytes + 2 ** 30) / mib)
}

/** MiB of new space, instead of Node's 48: an idle worker then keeps several MiB less. */
const youngGenerationMb = { service: 16, gateway: 32 }

/** Active for less since it last said what it holds, it holds the same: asking 24 idle threads all the same takes 2 % of a core. */
const activeToAskMs = 0.5

/** From `terminate()` to giving up. A full garbage collection at a large heap takes a second or two on a slow node. */
const abandonAfterMs = 5_000

// Sources run as .ts in development, compiled as .js: the compiler rewrites imports, but not URLs.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const entries = {
  service: new URL(`../runtimes/main.${extension}`, import.meta.url),
  gateway: new URL(`../gateway/main.${extension}`, import.meta.url)
}

/** @throws when Node refuses the options (an env with flags it does not know) */
export function startThread (plan: ThreadPlan, events: ThreadEvents, clock: Clock): Thread {
  const worker = new Worker(entries[plan.kind], {
    name: plan.name,
    workerData: plan.data,
    transferList: plan.transfer,
    env: plan.env,
    argv: plan.argv,
    // The supervisor's own flags (a debugger, a test runner) are not the service's.
    execArgv: [],
    stdout: true,
    stderr: true,
    trackUnmanagedFds: true,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb(plan.memoryBytes), maxYoungGenerationSizeMb: youngGenerationMb[plan.kind] }
  })
  let isOver = false
  let isTerminating = false
  let held = { heapUsedBytes: 0, externalBytes: 0 }
  let heldAtActiveMs = -Infinity

  worker.on('online', () => events.online())
  worker.on('message', events.message)
  worker.on('error', events.threw)
  worker.on('exit', (code) => {
    isOver = true
    events.exited(code)
  })
  worker.stdout.on('data', (chunk: Uint8Array) => events.output(1, chunk))
  worker.stderr.on('data', (chunk: Uint8Array) => events.output(2, chunk))

  return {
    id: worker.threadId,
    post (order) { worker.postMessage(order) },
    terminate () {
      if (isTerminating || isOver) return
      isTerminating = true
      // Its end is told by 'exit'.
      worker.terminate().catch(() => {})
      clock.after(abandonAfterMs, () => {
        if (isOver) return
        worker.unref()
        events.abandoned()
      }, { unref: true })
    },
    loop: () => worker.performance.eventLoopUtilization(),
    async heap () {
      if (worker.performance.eventLoopUtilization().active - heldAtActiveMs < activeToAskMs) return held
      const { used_heap_size: heapUsedBytes, external_memory: externalBytes } = await worker.getHeapStatistics()
      held = { heapUsedBytes, externalBytes: externalBytes ?? 0 }
      // Answering is an activity too.
      heldAtActiveMs = worker.performance.eventLoopUtilization().active
      return held
    },
    async where (forMs) {
      // Since Node 24.8.
      if (typeof worker.startCpuProfile !== 'function') return undefined
      const profile = await worker.startCpuProfile()
      await new Promise<void>((resolve) => { clock.after(forMs, resolve, { unref: true }) })
      return hottestStack(JSON.parse(await profile.stop()) as CpuProfile)
    }
  }
}
