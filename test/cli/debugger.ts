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
  await once(socket, 'open')
  return {
    closed,
    async ask (method, params = {}) {
      const id = ++lastId
      const answer = new Promise<Message>((resolve) => answers.set(id, resolve))
      socket.send(JSON.stringify({ id, method, params }))
      const { result, error } = await answer
      if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`)
      return result as Message
    },
    event: (method) => new Promise((resolve) => {
      look = () => {
        const index = events.findIndex((message) => message['method'] === method)
        if (index >= 0) resolve(events.splice(index, 1)[0]?.['params'] as Message)
      }
      look()
    }),
    async [Symbol.asyncDispose] () {
      socket.close()
      await closed
    }
  }
}
