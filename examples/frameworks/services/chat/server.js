// The box office's chat: Express and Socket.IO, CommonJS, as people write it.
'use strict'
const { createServer } = require('node:http')
const express = require('express')
const { Server } = require('socket.io')

const kept = 50
const messages = [
  { id: 1, from: 'Noor', text: 'Upper meadow is dry again, chairs go out at six.' },
  { id: 2, from: 'Emil', text: 'Please put #night-ferry first on the board, people ask for it.', film: { id: 'night-ferry', title: 'Night Ferry' } }
]

const app = express()
app.get('/api/chat/messages', (request, response) => { response.json(messages) })

const server = createServer(app)
const io = new Server(server, { path: '/api/chat/socket.io', serveClient: false })

io.on('connection', (socket) => {
  socket.emit('history', messages)
  socket.on('say', async (said, acknowledge) => {
    const from = String(said?.from ?? '').trim().slice(0, 40) || 'Somebody'
    const text = String(said?.text ?? '').trim().slice(0, 500)
    if (text === '') return
    const film = await mentioned(text)
    const message = { id: (messages.at(-1)?.id ?? 0) + 1, from, text, ...(film && { film }) }
    messages.push(message)
    if (messages.length > kept) messages.shift()
    io.emit('message', message)
    if (typeof acknowledge === 'function') acknowledge(message.id)
  })
})

server.listen(process.env.PORT ?? 3003)

/** "#night-ferry" is looked up, and becomes a link with the film's title. */
async function mentioned (text) {
  const id = /#([a-z][a-z-]+)/.exec(text)?.[1]
  if (id === undefined) return undefined
  try {
    const answer = await fetch(`http://films.internal/api/films/${id}`, { signal: AbortSignal.timeout(3000) })
    if (!answer.ok) return undefined
    const { title } = await answer.json()
    return { id, title }
  } catch {
    return undefined
  }
}
