// One film. What people say of it is streamed: the page does not wait for `ratings`.
import { Suspense, useEffect, useRef } from 'react'
import { Await, Form, Link, useNavigation } from 'react-router'
import { price, whenAndWhere } from '@lantern/look'
import { film, rate, rating } from '../films.server'
import type { Route } from './+types/film'

export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: `${loaderData?.film.title ?? 'Not found'} · Lantern` }]

export async function loader ({ params }: Route.LoaderArgs) {
  return { film: await film(params.id), rating: rating(params.id) }
}

export async function action ({ params, request }: Route.ActionArgs) {
  const form = await request.formData()
  await rate(params.id, { stars: Number(form.get('stars')), text: String(form.get('text')), from: String(form.get('from')) })
  return { isRated: true }
}

export default function FilmPage ({ loaderData: { film, rating }, actionData }: Route.ComponentProps) {
  const isSending = useNavigation().state === 'submitting'
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => { if (actionData?.isRated === true) form.current?.reset() }, [actionData])
  return (
    <div className='columns'>
      <div>
        <p className='small'><Link to='/'>All films</Link></p>
        <h1>{film.title}</h1>
        <p className='lead'>{film.text}</p>
        <dl className='facts'>
          <dt>Directed by</dt><dd>{film.director}</dd>
          <dt>From</dt><dd>{film.country}, {film.year}</dd>
          <dt>Length</dt><dd>{film.minutes} minutes</dd>
        </dl>
        <ul className='rows'>
          {film.screenings.map((screening) => (
            <li key={screening.id}>
              <span>{whenAndWhere(screening)}</span>
              <span className='end'><span className='soft small'>{screening.left} seats left</span><a className='button' href={`/tickets/${screening.id}`}>{price(screening.priceCents)}</a></span>
            </li>
          ))}
        </ul>
        <section className='notes'>
          <h2>What people say</h2>
          <Suspense fallback={<p className='waiting'>Asking around…</p>}>
            <Await resolve={rating} errorElement={<p className='soft'>Nobody can be asked just now.</p>}>
              {({ average, count, notes }) => count === 0
                ? <p className='soft'>Nothing yet.</p>
                : (
                  <>
                    <p><Stars count={Math.round(average)} /> <span className='soft small' id='average'>{average.toFixed(1)} of 5, by {count}</span></p>
                    {notes.map(({ stars, text, from }, index) => (
                      <blockquote className='note' key={`${index}${text}`}><p>{text}</p><p className='soft small'>{from}, <Stars count={stars} /></p></blockquote>
                    ))}
                  </>
                  )}
            </Await>
          </Suspense>
        </section>
        <Form method='post' className='card' ref={form}>
          <h3>Have you seen it?</h3>
          <label htmlFor='stars'>Stars</label>
          <select id='stars' name='stars' defaultValue='5'>{[5, 4, 3, 2, 1].map((stars) => <option key={stars} value={stars}>{'★'.repeat(stars)}</option>)}</select>
          <label htmlFor='text'>In a line</label>
          <input id='text' name='text' required maxLength={200} />
          <label htmlFor='from'>Your name</label>
          <input id='from' name='from' required maxLength={40} />
          <p><button disabled={isSending}>{isSending ? 'Sending…' : 'Say it'}</button></p>
        </Form>
      </div>
      <div className='side'><img src={`/api/films/${film.id}/poster`} alt={`Poster of ${film.title}`} width='600' height='750' /></div>
    </div>
  )
}

function Stars ({ count }: { count: number }) {
  return <span className='stars' role='img' aria-label={`${count} of 5 stars`}>{'★'.repeat(count)}{'☆'.repeat(5 - count)}</span>
}
