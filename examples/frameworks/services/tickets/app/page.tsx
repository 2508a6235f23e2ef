// All screenings; who bought last is streamed in when `orders` has answered.
import Image from 'next/image'
import Link from 'next/link'
import { Suspense } from 'react'
import { price } from '@lantern/look'
import { orders, poster, screenings } from './films'

export const dynamic = 'force-dynamic'

export default async function Tickets () {
  const all = await screenings()
  const evenings = Map.groupBy(all, ({ day }) => day)
  return (
    <>
      <h1>Tickets</h1>
      <p className='lead'>Every seat is a good seat: there is one sky for all. Children under six sit on laps for free.</p>
      <Suspense fallback={<p className='waiting'>Looking who was here last…</p>}><LastSold /></Suspense>
      {[...evenings].map(([day, ofDay]) => (
        <section key={day} aria-label={day}>
          <h2 className='evening'>{day}</h2>
          <div className='two'>
            {ofDay.map(({ id, film, title, time, place, priceCents, left }, index) => (
              <article className='ticket' key={id}>
                <Image src={poster(film)} alt={`Poster of ${title}`} width={104} height={130} preload={index === 0 && day === 'Friday'} />
                <div>
                  <h2>{title}</h2>
                  <p>{time}, {place}</p>
                  <p className='soft small'>{price(priceCents)} · {left} seats left</p>
                  <Link className='button' href={`/${id}`} aria-label={`Choose seats for ${title}`}>Choose seats</Link>
                </div>
              </article>
            ))}
          </div>
        </section>
      ))}
    </>
  )
}

async function LastSold () {
  const [last] = await orders()
  return last === undefined
    ? <p className='soft' id='last'>Nobody has bought one yet. Be the first.</p>
    : <p className='soft' id='last'>{last.name} has just taken {last.count === 1 ? 'a seat' : `${last.count} seats`} for <em>{last.title}</em>.</p>
}
