// Storefront: HTML rendered on the server from what the other services answer, with node:http alone.
// Exporting create() is enough to be served; PORT and listen() are not its business.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { notFoundPage, orderPage, shopPage, unavailablePage } from './pages.js'
import { ask } from './services.js'

const files = new Map([
  ['/assets/shop.css', { type: 'text/css; charset=utf-8', body: asset('shop.css') }],
  ['/assets/cart.js', { type: 'text/javascript; charset=utf-8', body: asset('cart.js') }]
])

/** Named by their content, so that a browser may keep them for ever and never mixes two versions of the shop. */
const assets = { style: versioned('/assets/shop.css'), script: versioned('/assets/cart.js') }

export function create () {
  return createServer((request, response) => {
    answer(request).then(
      (page) => send(request, response, page),
      (thrown) => {
        console.error(thrown)
        send(request, response, html(503, unavailablePage(assets), { 'retry-after': '1' }))
      })
  })
}

async function answer (request) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return html(405, notFoundPage(assets), { allow: 'GET, HEAD' })
  const path = new URL(request.url, 'http://storefront.internal').pathname

  if (path === '/') {
    const [products, customers] = await Promise.all([
      ask('http://products.internal/api/products'),
      // Without customers the page still sells: the field becomes a plain one.
      ask('http://customers.internal/customers').catch(() => [])
    ])
    return html(200, shopPage(products, customers, assets))
  }

  const id = /^\/orders\/([\w-]+)$/.exec(path)?.[1]
  if (id !== undefined) {
    const order = await ask(`http://orders.internal/api/orders/${id}`)
    if (order === undefined) return html(404, notFoundPage(assets))
    const customer = await ask(`http://customers.internal/api/customers/${encodeURIComponent(order.customer)}`).catch(() => undefined)
    return html(200, orderPage(order, customer?.name ?? order.customer, assets))
  }

  const file = files.get(path)
  if (file === undefined) return html(404, notFoundPage(assets))
  return { status: 200, headers: { 'content-type': file.type, 'cache-control': 'public, max-age=31536000, immutable' }, body: file.body }
}

function html (status, body, headers = {}) {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': "default-src 'self'; img-src 'self' data:", ...headers },
    body
  }
}

function send (request, response, { status, headers, body }) {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), 'x-content-type-options': 'nosniff' })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function asset (name) {
  return readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8')
}

function versioned (path) {
  return `${path}?v=${createHash('sha256').update(files.get(path).body).digest('hex').slice(0, 12)}`
}
