// Connections that a fault cuts or ends, looked at byte by byte.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { WebSocket } from 'ws'

export function openSocket (url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  return once(socket, 'connect').then(() => socket)
}

export interface EventStream {
  /** `whole`: the last chunk came; `cut`: the connection ended before. */
  ended: Promise<'whole' | 'cut'>
}

/** A response that does not end by itself, its first bytes received. */
export async function openEvents (url: string, path: string): Promise<EventStream> {
  const socket = await openSocket(url)
  let text = ''
  const begun = Promise.withResolvers<void>()
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += String(chunk)
    if (text.includes('data: 1')) begun.resolve()
  })
  const ended = once(socket, 'close').then((): 'whole' | 'cut' => text.endsWith('0\r\n\r\n') ? 'whole' : 'cut')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: chaos\r\nAccept: text/event-stream\r\n\r\n`)
  await Promise.race([begun.promise, ended.then((how) => { throw new Error(`the event stream did not begin (${how}): ${text}`) })])
  return { ended }
}

export async function openWebSocket (url: string, path: string): Promise<{ closed: Promise<{ code?: number, how: string }> }> {
  const socket = new WebSocket(url.replace('http', 'ws') + path)
  const closed = new Promise<{ code?: number, how: string }>((resolve) => {
    socket.on('close', (code) => resolve({ code, how: 'closed' }))
    socket.on('error', (error) => resolve({ how: error.message }))
  })
  await once(socket, 'open')
  return { closed }
}

/** Writes the bytes, gives what came until the other side closes or is silent. */
export async function exchange (url: string, bytes: string | Buffer, silentMs = 1_500): Promise<{ text: string, isClosed: boolean }> {
  const socket = await openSocket(url)
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += String(chunk)
    socket.setTimeout(silentMs)
  })
  socket.setTimeout(silentMs)
  socket.write(bytes)
  const isClosed = await Promise.race([once(socket, 'close').then(() => true), once(socket, 'timeout').then(() => false)])
  socket.destroy()
  return { text, isClosed }
}
