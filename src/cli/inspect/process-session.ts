// A debugger of one child process: a connection to the inspector that the process itself has opened.
import { WebSocket } from 'ws'
import type { DebugSession, SessionEvents } from './session.ts'

/** The process's last word to debuggers: at its exit it waits for them to go. */
const lastWord = '"method":"Runtime.executionContextDestroyed"'

export function openProcessSession (url: string, { message, closed }: SessionEvents): DebugSession {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const waiting: string[] = []
  let isClosed = false

  socket.on('open', () => waiting.splice(0).forEach((text) => socket.send(text)))
  socket.on('message', (data) => {
    const text = String(data)
    message(text)
    if (text.includes(lastWord)) socket.close()
  })
  // Its close follows.
  socket.on('error', () => {})
  socket.on('close', () => {
    if (isClosed) return
    isClosed = true
    closed()
  })

  return {
    send (text) {
      if (socket.readyState === WebSocket.CONNECTING) waiting.push(text)
      else socket.send(text, () => {})
    },
    close () {
      isClosed = true
      socket.close()
    }
  }
}
