// Orders: a Fastify plugin in TypeScript, run as it is. It calls products and payments over the mesh with plain fetch.
import websocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import { checkOut, type NewOrder, release } from './checkout.ts'
import { openOrders, type Order } from './store.ts'

const newOrder = {
  type: 'object',
  required: ['customer', 'items'],
  properties: {
    customer: { type: 'string', minLength: 1, maxLength: 100 },
    items: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: {
        type: 'object',
        required: ['sku', 'quantity'],
        properties: {
          sku: { type: 'string', minLength: 1, maxLength: 64 },
          quantity: { type: 'integer', minimum: 1, maximum: 1_000_000_000 }
        }
      }
    }
  }
}

export default async function orders (app: FastifyInstance): Promise<void> {
  const store = openOrders(process.env['DATABASE_PATH'] ?? ':memory:')
  const viewers = new Set<{ send: (text: string) => void }>()

  // Viewers only listen: what they send is not read, and need not be taken.
  await app.register(websocket, { options: { maxPayload: 1024 } })

  app.get('/api/orders/feed', { websocket: true }, (socket) => {
    viewers.add(socket)
    socket.on('close', () => viewers.delete(socket))
  })

  app.get('/api/orders', () => store.latest(50))

  app.get<{ Params: { id: string } }>('/api/orders/:id', (request, reply) => {
    const order = store.find(request.params.id)
    if (order === undefined) return reply.code(404).send({ statusCode: 404, error: 'Not Found', message: 'no such order' })
    return order
  })

  app.post<{ Body: NewOrder }>('/api/orders', { schema: { body: newOrder } }, async (request, reply) => {
    const outcome = await checkOut(request.body, store)
    if ('refused' in outcome) {
      request.log.info({ status: outcome.refused.statusCode }, outcome.refused.message)
      if (outcome.refused.statusCode === 503) reply.header('retry-after', '1')
      return reply.code(outcome.refused.statusCode).send(outcome.refused)
    }
    const { id, totalCents, status } = outcome.order
    request.log.info({ order: id, totalCents }, 'order paid')
    tell(outcome.order)
    return reply.code(201).header('location', `/api/orders/${id}`).send({ id, totalCents, status })
  })

  // A worker that died between reserving and paying left its order pending: give the stock back.
  app.addHook('onReady', async () => {
    for (const id of store.abandoned()) {
      await release(id).then(() => store.settle(id, 'cancelled'), (thrown) => app.log.warn(thrown, 'stock not released yet'))
    }
  })

  app.addHook('onClose', async () => store.close())

  function tell (order: Order): void {
    const text = JSON.stringify(order)
    for (const viewer of viewers) viewer.send(text)
  }
}
