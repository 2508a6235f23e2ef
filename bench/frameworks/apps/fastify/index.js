import Fastify from 'fastify'

const app = Fastify()
app.get('/', () => ({ hello: 'Hello', words: ['one', 'two', 'three'] }))
await app.listen({ port: Number(process.env.PORT ?? 3000) })
