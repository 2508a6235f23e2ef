// Stars and a line for a film: Hono, exported and not listened to.
import { Hono } from 'hono'

interface Note { stars: number, text: string, from: string }

const notes = new Map<string, Note[]>([
  ['night-ferry', [{ stars: 5, text: 'I did not breathe until the quay.', from: 'Pia' }, { stars: 4, text: 'Bring a coat. Not for the weather.', from: 'Anton' }]],
  ['slow-comet', [{ stars: 5, text: 'Forty years in eighty-four minutes, and none of them lost.', from: 'Ruth' }]],
  ['paper-kite', [{ stars: 4, text: 'My daughter has built three since.', from: 'Jonas' }]]
])

const app = new Hono()

app.get('/api/ratings/:film', (context) => context.json(summary(context.req.param('film'))))

app.post('/api/ratings/:film', async (context) => {
  const film = context.req.param('film')
  const { stars, text, from } = await context.req.json<Partial<Note>>()
  if (typeof stars !== 'number' || !Number.isInteger(stars) || stars < 1 || stars > 5) return context.json({ message: 'stars: 1 to 5' }, 400)
  const known = await fetch('http://films.internal/api/films', { signal: AbortSignal.timeout(3000) })
  const films = await known.json() as Array<{ id: string }>
  if (!films.some(({ id }) => id === film)) return context.json({ message: 'there is no such film' }, 404)
  notes.set(film, [{ stars, text: String(text ?? '').slice(0, 200), from: String(from ?? '').slice(0, 40) || 'Somebody' }, ...notes.get(film) ?? []].slice(0, 20))
  return context.json(summary(film), 201)
})

function summary (film: string): { average: number, count: number, notes: Note[] } {
  const all = notes.get(film) ?? []
  const sum = all.reduce((total, { stars }) => total + stars, 0)
  return { average: all.length === 0 ? 0 : Math.round(sum / all.length * 10) / 10, count: all.length, notes: all }
}

export default app
