// The supervisor's side of the mesh: says who is there, and hands ports from caller to worker. Carries no request.
import { MessageChannel, MessagePort } from 'node:worker_threads'
import { type Meeting } from './carry/meeting.ts'
import { type AcceptMessage, type DialMessage, type DirectoryMessage, type LoadsMessage } from './control.ts'
import { Loads, makeLoadMemory } from './loads.ts'
import { type Switchboard } from './mesh.ts'

interface Attached { service: string, control: MessagePort, isReady: boolean, door?: Meeting }

export function createSwitchboard (): Switchboard {
  const workers = new Map<number, Attached>()
  const crashLoops = new Set<string>()
  const memory = makeLoadMemory()
  const loads = new Loads(memory)
  let declared: string[] = []

  function listing (): DirectoryMessage {
    const ready = [...workers].filter(([, { isReady }]) => isReady)
    return {
      type: 'directory',
      services: declared.map((name) => ({
        name,
        ready: ready.filter(([, { service }]) => service === name).map(([worker]) => worker),
        isCrashLoop: crashLoops.has(name)
      })),
      alive: [...workers.keys()],
      doors: [...workers].flatMap(([worker, { door }]) => door === undefined ? [] : [[worker, door] as [number, Meeting]])
    }
  }

  function tellAll (): void {
    const message = listing()
    for (const { control } of workers.values()) control.postMessage(message)
  }

  function setReady (worker: number, isReady: boolean): void {
    const attached = workers.get(worker)
    if (attached === undefined || attached.isReady === isReady) return
    attached.isReady = isReady
    tellAll()
  }

  function connect (caller: string, { worker, port, begun }: DialMessage): void {
    const callee = workers.get(worker)
    // A port that closes before hello delivered nothing: the caller sends the request elsewhere.
    const carried = port instanceof MessagePort ? [port] : []
    if (callee === undefined) carried.forEach((port) => port.close())
    else callee.control.postMessage({ type: 'accept', service: caller, port, ...(begun !== undefined && { begun }) } satisfies AcceptMessage, carried)
  }

  return {
    declare (services) {
      declared = [...services]
      for (const service of crashLoops) if (!declared.includes(service)) crashLoops.delete(service)
      tellAll()
    },

    attach (service, worker, sharesMemory = true) {
      const { port1, port2 } = new MessageChannel()
      loads.open(worker, sharesMemory)
      if (sharesMemory) port1.postMessage({ type: 'loads', memory } satisfies LoadsMessage)
      workers.set(worker, { service, control: port1, isReady: false })
      port1.on('message', (message: DialMessage) => connect(service, message))
      port1.unref()
      tellAll()
      return port2
    },

    open (worker, door) {
      const attached = workers.get(worker)
      // Told with the next change: it is not ready yet.
      if (attached !== undefined) attached.door = door
    },

    admit: (worker) => setReady(worker, true),
    expel: (worker) => setReady(worker, false),

    detach (worker) {
      const attached = workers.get(worker)
      if (attached === undefined) return
      workers.delete(worker)
      attached.control.close()
      tellAll()
    },

    setCrashLoop (service, isCrashLoop) {
      if (crashLoops.has(service) === isCrashLoop) return
      if (isCrashLoop) crashLoops.add(service)
      else crashLoops.delete(service)
      tellAll()
    },

    close () {
      for (const { control } of workers.values()) control.close()
      workers.clear()
    }
  }
}
