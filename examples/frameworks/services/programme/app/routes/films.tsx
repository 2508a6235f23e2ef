// All films, by genre.
import { Link, useSearchParams } from 'react-router'
import { films } from '../films.server'
import type { Route } from './+types/films'

export const meta: Route.MetaFunction = () => [{ title: 'Programme · Lantern' }]

export async function loader () {
  return { films: await films() }
}

export default function Films ({ loaderData }: Route.ComponentProps) {
  const [search] = useSearchParams()
  const genre = search.get('genre')
  const genres = [...new Set(loaderData.films.map((film) => film.genre))].sort()
  const shown = loaderData.films.filter((film) => genre === null || film.genre === genre)
  return (
    <>
      <h1>Programme</h1>
      <p className='lead'>Six films that are better under a sky. All with English subtitles, all after sunset or nearly so.</p>
      <nav className='tags' aria-label='Genres'>
        <Link to='.' aria-current={genre === null ? 'true' : undefined} preventScrollReset>All</Link>
        {genres.map((name) => <Link key={name} to={`?genre=${encodeURIComponent(name)}`} aria-current={genre === name ? 'true' : undefined} preventScrollReset>{name}</Link>)}
      </nav>
      <div className='grid'>
        {shown.map(({ id, title, director, country, year, minutes }) => (
          <Link className='card film' key={id} to={`films/${id}`} prefetch='intent'>
            <img src={`/api/films/${id}/poster`} alt='' width='600' height='750' />
            <div>
              <h3>{title}</h3>
              <p className='soft small'>{director}, {country} {year}<br />{minutes} minutes</p>
            </div>
          </Link>
        ))}
      </div>
    </>
  )
}
