// The staff's chat, by Socket.IO. It may begin by polling and go over to a WebSocket: both find their way.
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { io, type Socket } from 'socket.io-client'

interface Message { id: number, from: string, text: string, film?: { id: string, title: string } }

export function Chat () {
  const [messages, setMessages] = useState<Message[]>([])
  const [transport, setTransport] = useState('')
  const [from, setFrom] = useState('Kim')
  const [text, setText] = useState('')
  const socket = useRef<Socket>(undefined)
  const list = useRef<HTMLUListElement>(null)

  useEffect(() => {
    const opened = io({ path: '/api/chat/socket.io' })
    socket.current = opened
    opened.on('connect', () => {
      setTransport(opened.io.engine.transport.name)
      opened.io.engine.on('upgrade', ({ name }) => setTransport(name))
    })
    opened.on('disconnect', () => setTransport(''))
    opened.on('history', setMessages)
    opened.on('message', (message: Message) => setMessages((all) => [...all.filter(({ id }) => id !== message.id), message]))
    return () => { opened.disconnect() }
  }, [])

  useEffect(() => { list.current?.scrollTo({ top: list.current.scrollHeight }) }, [messages])

  function say (event: FormEvent): void {
    event.preventDefault()
    if (text.trim() === '') return
    socket.current?.emit('say', { from, text })
    setText('')
  }

  return (
    <section className='card chat' aria-labelledby='chat-title'>
      <h2 id='chat-title'>Staff</h2>
      <p className='soft small' id='transport' data-transport={transport}>{transport === '' ? 'Connecting…' : `Connected by ${transport}`}</p>
      <ul ref={list} aria-live='polite'>
        {messages.map(({ id, from, text, film }) => (
          <li key={id} className={film === undefined ? undefined : 'linked'}>
            <strong>{from}</strong> <span>{text}</span>
            {film !== undefined && <a className='small' href={`/programme/films/${film.id}`}>{film.title}</a>}
          </li>
        ))}
      </ul>
      <form onSubmit={say}>
        <input aria-label='Your name' className='who' value={from} maxLength={40} onChange={(event) => setFrom(event.target.value)} />
        <input aria-label='Message' placeholder='Say something' value={text} maxLength={500} onChange={(event) => setText(event.target.value)} />
        <button>Send</button>
      </form>
    </section>
  )
}
