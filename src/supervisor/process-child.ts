// One child process, in the carrier's thread: started, carried, watched, and reaped with all that it started itself.
import { spawn, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/error.ts'
import { Bridge } from '../mesh/carry/bridge.ts'
import { readRestOnError } from '../mesh/carry/rest.ts'
import { machineMs, pipeDescriptor, type ProcessMessage, type ProcessOrder } from '../runtimes/process-message.ts'
import type { ThreadOrder } from '../runtimes/thread.ts'
import type { CarrierMessage, ChildPlan } from './process-carrier-message.ts'
import { setFigures } from './process-figures.ts'
import { residentMemoryOf, type ResidentMemory } from './process-memory.ts'

/** Without the number of the child, which its owner knows. */
export type Said = CarrierMessage extends infer Each ? Each extends { child: number } ? Omit<Each, 'child'> : never : never

// Sources run as .ts in development, compiled as .js: the compiler rewrites imports, but not URLs.
const entry = fileURLToPath(new URL(`../runtimes/main.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url))

/** For exit handlers, and for what it has written; a grandchild that got away (setsid) may hold its stdout open for ever. */
const lastWordsMs = 500

export class CarriedChild {
  readonly #clock: Clock
  readonly #say: (said: Said, transfer?: ArrayBuffer[]) => void
  readonly #child: ChildProcess
  readonly #pipe: Socket
  readonly #bridge: Bridge
  readonly #figures: Float64Array
  readonly #page: Float64Array
  readonly #memory: ResidentMemory | undefined
  #end: { code: number | null, signal: string | null } = { code: null, signal: null }
  /** Its exit handlers run. */
  #isEnding = false
  #isOver = false

  constructor ({ data, folder, env, argv, flags, figures, page }: ChildPlan, clock: Clock, say: (said: Said, transfer?: ArrayBuffer[]) => void) {
    this.#clock = clock
    this.#say = say
    this.#figures = new Float64Array(figures)
    this.#page = new Float64Array(page)
    this.#child = spawn(process.execPath, [...flags, entry, ...argv], {
      cwd: folder,
      env,
      // A session of its own: Ctrl+C of a terminal goes to the supervisor alone, which drains; and the group can be killed as one.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe']
    })
    const { pid, stdout, stderr } = this.#child
    this.#memory = pid === undefined ? undefined : residentMemoryOf(pid)
    this.#pipe = this.#child.stdio[pipeDescriptor] as unknown as Socket
    this.#bridge = new Bridge('parent', {
      write: (bytes) => this.#write(bytes),
      heard: (message) => this.#hear(message as ProcessMessage)
    })
    this.#pipe.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#pipe.on('error', () => {})
    readRestOnError(this.#pipe, (chunk) => this.#read(chunk))
    stdout?.on('data', (chunk: Buffer) => this.#output(1, chunk))
    stderr?.on('data', (chunk: Buffer) => this.#output(2, chunk))
    this.#child.once('error', (error) => {
      this.#say({ said: 'threw', error: { message: `its process cannot be started: ${messageOf(error)}` } })
      this.#over()
    })
    this.#child.once('exit', (code, signal) => {
      this.#end = { code, signal }
      this.#kill()
      clock.after(lastWordsMs, () => this.#over())
    })
    // After `exit`, when all that it had written is read.
    this.#child.once('close', () => this.#over())

    this.#send({ type: 'begin', data })
    // The names of the mesh wait in its ports, and must be known from the start.
    this.#bridge.drain()
    this.#send({ type: 'start' })
  }

  post (order: ThreadOrder): void {
    this.#send({ type: 'order', order })
  }

  /** At once, and all that it started; but one that has said why it ends is let finish its last words. */
  kill (): void {
    if (this.#isOver) return
    if (this.#isEnding) this.#clock.after(lastWordsMs, () => this.#kill())
    else this.#kill()
  }

  /** Looks at it from outside. */
  watch (): void {
    const residentBytes = this.#memory?.read()
    setFigures(this.#figures, { watchedAtMs: machineMs(), ...(residentBytes !== undefined && { residentBytes }) })
  }

  #send (order: ProcessOrder): void {
    this.#bridge.send(order)
  }

  #write (bytes: Uint8Array[]): void {
    if (this.#pipe.destroyed) return
    this.#pipe.cork()
    for (const piece of bytes) this.#pipe.write(piece)
    process.nextTick(uncork, this.#pipe)
  }

  #read (chunk: Uint8Array): void {
    try {
      this.#bridge.read(chunk)
    } catch (thrown) {
      // Someone else wrote to its pipe; nothing that comes after can be trusted.
      this.#say({ said: 'threw', error: { message: `what it wrote to its supervisor (descriptor ${pipeDescriptor}) is garbled: ${messageOf(thrown)}` } })
      this.#pipe.destroy()
      this.#kill()
    }
  }

  #hear (message: ProcessMessage): void {
    switch (message.type) {
      case 'online': return this.#say({ said: 'online', door: message.door, ...(message.inspector !== undefined && { inspector: message.inspector }) })
      case 'said':
        if (message.message.type === 'failed') this.#isEnding = true
        return this.#say({ said: 'message', message: message.message })
      case 'threw':
        this.#isEnding = true
        return this.#say({ said: 'threw', error: message.error })
      case 'figures': {
        const { idle, active, heapUsedBytes, externalBytes, residentBytes, atMs } = message
        return setFigures(this.#figures, { idle, active, heapUsedBytes, externalBytes, reportedAtMs: atMs, ...(this.#memory === undefined && { residentBytes }) })
      }
      case 'page': return message.at.forEach((slot, index) => { this.#page[slot] = message.values[index] ?? 0 })
    }
  }

  #output (descriptor: 1 | 2, bytes: Uint8Array): void {
    const chunk = new Uint8Array(bytes)
    this.#say({ said: 'output', descriptor, chunk }, [chunk.buffer])
  }

  /** The whole group: whatever it started and left in it ends too. */
  #kill (): void {
    const { pid } = this.#child
    if (pid === undefined || this.#isOver) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // Nobody is left.
    }
  }

  #over (): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#memory?.close()
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
    this.#pipe.destroy()
    this.#bridge.close()
    this.#say({ said: 'exited', end: { ...this.#end, pid: this.#child.pid } })
  }
}

function uncork (pipe: Socket): void {
  pipe.uncork()
}
