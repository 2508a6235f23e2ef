// Products: the catalogue and its stock, in Express. Exporting the app is enough to be served.
import express from 'express'
import { openCatalogue } from './catalogue.js'

const catalogue = openCatalogue(process.env.DATABASE_PATH ?? ':memory:')
const app = express()
app.disable('x-powered-by')

app.get('/api/products', (request, response) => {
  response.json(catalogue.list())
})

// What follows lies outside the manifest's route, so only other services of the app can call it.
app.put('/reservations/:orderId', express.json(), (request, response) => {
  const outcome = catalogue.reserve(request.params.orderId, request.body.items)
  response.status(outcome.status).json(outcome.body)
})

app.delete('/reservations/:orderId', (request, response) => {
  catalogue.release(request.params.orderId)
  response.status(204).end()
})

// For tests of supervision only: ends this worker in the middle of a request. The caller gets a 503.
if (process.env.SHOP_CRASH_ENDPOINT === '1') {
  app.post('/api/products/crash', () => process.exit(1))
}

app.use((request, response) => {
  response.status(404).json({ statusCode: 404, error: 'Not Found', message: 'no such product page' })
})

export default app
