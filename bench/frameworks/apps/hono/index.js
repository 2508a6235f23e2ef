import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const app = new Hono()
app.get('/', (context) => context.json({ hello: 'Hello', words: ['one', 'two', 'three'] }))
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
