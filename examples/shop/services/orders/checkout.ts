// An order's way: stock is reserved, then paid for; when the payment fails, the stock is given back.
// Both calls are PUTs named by the order's id, so that a call whose answer was lost may be sent again.
import { randomUUID } from 'node:crypto'
import type { Item, Order, Orders } from './store.ts'

export interface NewOrder { customer: string, items: Array<{ sku: string, quantity: number }> }
export interface Refusal { statusCode: number, error: string, message: string }
export type Outcome = { order: Order } | { refused: Refusal }

const timeoutMs = 10_000

export async function checkOut ({ customer, items }: NewOrder, store: Orders): Promise<Outcome> {
  const id = randomUUID()
  store.begin(id, customer)
  try {
    const reservation = await put(`http://products.internal/reservations/${id}`, { items: merge(items) })
    if (!reservation.ok) {
      const { message } = await reservation.json() as { message: string }
      store.settle(id, 'cancelled')
      if (reservation.status === 409) return refuse(409, 'Conflict', message)
      // The caller named a product that isn't there: its mistake, though products says 404.
      if (reservation.status === 404) return refuse(400, 'Bad Request', message)
      throw new Error(`products answered ${reservation.status}`)
    }
    const { items: priced } = await reservation.json() as { items: Item[] }
    const totalCents = priced.reduce((sum, { priceCents, quantity }) => sum + priceCents * quantity, 0)

    const payment = await put(`http://payments.internal/payments/${id}`, { customer, amountCents: totalCents })
    if (payment.status !== 201) {
      const { message } = await payment.json() as { message: string }
      await release(id)
      store.settle(id, 'cancelled')
      if (payment.status === 402) return refuse(402, 'Payment Required', `payment declined: ${message}`)
      return refuse(503, 'Service Unavailable', `payments answered ${payment.status}: ${message}`)
    }
    await payment.body?.cancel()
    return { order: store.pay(id, priced, totalCents) }
  } catch (thrown) {
    // A service is away for longer than the mesh holds calls. The order stays pending if the stock can't be released
    // either, and is cleared when this service next starts.
    await release(id).then(() => store.settle(id, 'cancelled'), () => {})
    return refuse(503, 'Service Unavailable', `the order could not be completed: ${reasonOf(thrown)}`)
  }
}

/** fetch says only that it failed; why is in the cause. */
function reasonOf (thrown: unknown): string {
  const error = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown
  return error instanceof Error ? error.message : String(error)
}

/** Gives back what an order had reserved; nothing happens when it had nothing. */
export async function release (id: string): Promise<void> {
  const answer = await fetch(`http://products.internal/reservations/${id}`, { method: 'DELETE', signal: AbortSignal.timeout(timeoutMs) })
  if (!answer.ok) throw new Error(`products answered ${answer.status}`)
}

/** The same product twice in one order is one line with both quantities. */
function merge (items: NewOrder['items']): NewOrder['items'] {
  const quantities = new Map<string, number>()
  for (const { sku, quantity } of items) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }))
}

function put (url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs)
  })
}

function refuse (statusCode: number, error: string, message: string): Outcome {
  return { refused: { statusCode, error, message } }
}
