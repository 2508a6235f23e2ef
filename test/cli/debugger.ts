// A debugger, as far as tests need one: a client of the Chrome DevTools Protocol over WebSocket.
import { once } from 'node:events'
import { WebSocket } from 'ws'

type Message = Record<string, unknown>

export interface Debugger extends AsyncDisposable {
  ask: (method: string, params?: object) => Promise<Message>
  /** The next event of that name, past or to come; each is given once. */
  event: (method: string) => Promise<Message>
  closed: Promise<unknown>
}

export interface ListedTarget { id: string, title: string, type: string, webSocketDebuggerUrl: string, devtoolsFrontendUrl: string }

export async function targetsOf (address: string): Promise<ListedTarget[]> {
  return await (await fetch(`http://${address}/json/list`)).json() as ListedTarget[]
}

/** A conversation that hangs says where. */
const patienceMs = 30_000

async function soon<Value> (promise: Promise<Value>, what: string): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`the debugger heard nothing of ${what} for ${patienceMs} ms`)), patienceMs)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves when it is attached. */
export async function attach (url: string): Promise<Debugger> {
  const socket = new WebSocket(url)
  const answers = new Map<number, (message: Message) => void>()
  const events: Message[] = []
  let look = (): void => {}
  let lastId = 0
  const closed = once(socket, 'close')
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as Message
    if (typeof message['id'] === 'number') answers.get(message['id'])?.(message)
    else events.push(message)
    look()
  })
  await soon(once(socket, 'open'), url)
  return {
    closed,
    async ask (method, params = {}) {
      const id = ++lastId
      const answer = new Promise<Message>((resolve) => answers.set(id, resolve))
      socket.send(JSON.stringify({ id, method, params }))
      const { result, error } = await soon(answer, method)
      if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`)
      return result as Message
    },
    event: (method) => soon(new Promise((resolve) => {
      look = () => {
        const index = events.findIndex((message) => message['method'] === method)
        if (index >= 0) resolve(events.splice(index, 1)[0]?.['params'] as Message)
      }
      look()
    }), method),
    async [Symbol.asyncDispose] () {
      socket.close()
      await soon(closed, 'its own end')
    }
  }
}
