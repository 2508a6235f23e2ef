// Payments: a Hono fetch handler that stands in for a payment provider. No route in the manifest: reachable on the mesh only.
import { Hono } from 'hono'

/** More than this is declined, so that the way back (stock released) can be tried. */
const limitCents = 100_000

const app = new Hono()

// PUT with the order's id: paying twice for one order is paying once, so a lost answer may be asked for again.
app.put('/payments/:orderId', async (context) => {
  const { amountCents } = await context.req.json()
  if (!Number.isSafeInteger(amountCents) || amountCents < 0) {
    return context.json({ statusCode: 400, error: 'Bad Request', message: 'amountCents must be a whole number of cents' }, 400)
  }
  const orderId = context.req.param('orderId')
  if (amountCents > limitCents) {
    return context.json({ orderId, status: 'declined', message: `more than ${limitCents / 100} € in one payment` }, 402)
  }
  return context.json({ orderId, status: 'paid', amountCents }, 201)
})

export default app
