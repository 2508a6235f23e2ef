// All screenings with what is left of them, one of them at its own address, and the chat beside both.
import type { MouseEvent } from 'react'
import { lantern, links, price, whenAndWhere } from '@lantern/look'
import { Chat } from './chat'
import { addressOf, go, usePath } from './path'
import { useScreenings, type Screening } from './seats'

export function Desk () {
  const path = usePath()
  const { screenings, isLive } = useScreenings()
  const id = /^\/screenings\/([\w-]+)$/.exec(path)?.[1]
  return (
    <>
      <header className='bar'>
        <div>
          <a className='name' href='/'><svg viewBox='0 0 24 24' aria-hidden='true'><path d={lantern} /></svg>Lantern</a>
          <nav aria-label='Festival'>
            {links.map(({ href, label }) => <a key={href} href={href} aria-current={href === '/desk' ? 'page' : undefined}>{label}</a>)}
          </nav>
        </div>
      </header>
      <main>
        <h1>Box office</h1>
        <p className='lead'>Seats as they go, and a word with each other. <span id='live' className={isLive ? 'good' : 'soft'}>{isLive ? '● Live' : '○ Not connected'}</span></p>
        <div className='columns'>
          {id === undefined ? <All screenings={screenings} /> : <One screening={screenings.find((screening) => screening.id === id)} isLoaded={screenings.length > 0} />}
          <Chat />
        </div>
      </main>
      <footer className='foot'><p>This page is <code>Vite</code> and React; the chat is Express with Socket.IO, the seats are Fastify with GraphQL over WebSockets.</p></footer>
    </>
  )
}

function All ({ screenings }: { screenings: Screening[] }) {
  return (
    <section aria-label='Screenings'>
      <ul className='rows'>
        {screenings.map((screening) => (
          <li key={screening.id}>
            <span><Inside to={`/screenings/${screening.id}`}>{screening.title}</Inside><br /><span className='soft small'>{whenAndWhere(screening)}</span></span>
            <span className='end'><Left {...screening} /></span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function One ({ screening, isLoaded }: { screening: Screening | undefined, isLoaded: boolean }) {
  if (screening === undefined) return <p className='waiting'>{isLoaded ? 'There is no such screening.' : 'Looking it up…'}</p>
  const { title, film, priceCents, seats, left } = screening
  return (
    <section className='one' aria-label={title}>
      <p className='small'><Inside to='/'>All screenings</Inside></p>
      <img src={`/api/films/${film}/poster`} alt='' width='600' height='750' />
      <div>
        <h2>{title}</h2>
        <p className='soft'>{whenAndWhere(screening)}</p>
        <p className='figure'><span>{left}</span> of {seats} left</p>
        <p>Taken so far: {price((seats - left) * priceCents)}</p>
        <p><a className='button' href={`/tickets/${screening.id}`}>Sell at the window</a></p>
      </div>
    </section>
  )
}

function Left ({ id, seats, left }: Screening) {
  return <><meter min={0} max={seats} value={left} aria-hidden='true' /><span data-left={id}>{left} of {seats}</span></>
}

function Inside ({ to, children }: { to: string, children: string }) {
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    go(to)
  }
  return <a href={addressOf(to)} onClick={follow}>{children}</a>
}
