// The service of most rows: Fastify, one small JSON answer whatever the path.
import fastify from 'fastify'

export function create () {
  const app = fastify()
  app.get('/*', async () => ({ hello: 'world', items: [1, 2, 3], at: 'bench' }))
  return app
}
