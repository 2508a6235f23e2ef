// Films and screenings: Fastify in TypeScript, run as it is. REST for pages, GraphQL subscriptions for the box office.
import { readFile } from 'node:fs/promises'
import websocket from '@fastify/websocket'
import Fastify from 'fastify'
import { graphql } from 'graphql'
import { makeHandler } from 'graphql-ws/use/@fastify/websocket'
import { films, screenings, type Film, type Screening } from './data.ts'
import { schema } from './graph.ts'
import { reserve, seatsLeft } from './seats.ts'

interface Rating { average: number, count: number }

const app = Fastify()
const missing = (what: string) => ({ statusCode: 404, error: 'Not Found', message: `there is no such ${what}` })
const withSeats = (screening: Screening) => ({ ...screening, left: seatsLeft(screening.id), title: films.find(({ id }) => id === screening.film)?.title ?? screening.film })
const full = (film: Film) => ({ ...film, screenings: screenings.filter((screening) => screening.film === film.id).map(withSeats) })

app.get('/api/films', () => films.map(full))

app.get<{ Params: { id: string } }>('/api/films/:id', async (request, reply) => {
  const film = films.find(({ id }) => id === request.params.id)
  if (film === undefined) return reply.code(404).send(missing('film'))
  // A page without stars is better than none.
  const rating = await fetch(`http://ratings.internal/api/ratings/${film.id}`, { signal: AbortSignal.timeout(3000) })
    .then(async (answer) => await answer.json() as Rating)
    .catch(() => ({ average: 0, count: 0 }))
  return { ...full(film), rating: { average: rating.average, count: rating.count } }
})

app.get<{ Params: { id: string } }>('/api/films/:id/poster', async (request, reply) => {
  if (!films.some(({ id }) => id === request.params.id)) return reply.code(404).send(missing('film'))
  const poster = await readFile(new URL(`posters/${request.params.id}.jpg`, import.meta.url))
  return reply.header('cache-control', 'public, max-age=3600').type('image/jpeg').send(poster)
})

app.get('/api/screenings', () => screenings.map(withSeats))

app.get<{ Params: { id: string } }>('/api/screenings/:id', async (request, reply) => {
  const screening = screenings.find(({ id }) => id === request.params.id)
  return screening === undefined ? reply.code(404).send(missing('screening')) : withSeats(screening)
})

// Lies outside of the manifest's routes: only other services reach it. A PUT with the order's id may be sent again.
app.put<{ Params: { order: string }, Body: { screening: string, count: number } }>('/reservations/:order', async (request, reply) => {
  const { screening, count } = request.body
  if (!screenings.some(({ id }) => id === screening)) return reply.code(404).send(missing('screening'))
  if (!reserve(request.params.order, screening, count)) {
    return reply.code(409).send({ statusCode: 409, error: 'Conflict', message: `only ${seatsLeft(screening)} seats are left` })
  }
  return { screening, left: seatsLeft(screening) }
})

await app.register(websocket)
// A plugin of its own: routes that take WebSockets come after the plugin that carries them.
await app.register(async (scope) => {
  scope.route<{ Body: { query: string, variables?: Record<string, unknown> } }>({
    method: 'POST',
    url: '/api/films/graphql',
    handler: (request) => graphql({ schema, source: request.body.query, variableValues: request.body.variables ?? {} })
  })
  scope.get('/api/films/graphql', { websocket: true }, makeHandler({ schema }))
})

await app.listen({ port: Number(process.env['PORT'] ?? 3001) })
