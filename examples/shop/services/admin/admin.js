// Orders as they arrive: history by GET, then one WebSocket message an order. Text goes in as text, never as HTML.
const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })
const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' })
const at = (id) => document.getElementById(id)

const rowsShown = 100
const seen = new Map()

connect(1)

/** Asks for history once the feed is open, so that no order falls between the two; one that comes twice is shown once. */
function connect (attempt) {
  const socket = new WebSocket(new URL('/api/orders/feed', window.location.href))
  socket.addEventListener('open', async () => {
    at('connection').textContent = 'Live.'
    attempt = 0
    const response = await fetch('/api/orders')
    if (response.ok) for (const order of (await response.json()).reverse()) show(order, false)
  })
  socket.addEventListener('message', ({ data }) => show(JSON.parse(data), true))
  socket.addEventListener('close', () => {
    at('connection').textContent = 'Not connected, trying again…'
    setTimeout(() => connect(attempt + 1), Math.min(10_000, 500 * 2 ** attempt))
  })
}

function show (order, isNew) {
  if (seen.has(order.id)) return
  seen.set(order.id, order)
  const row = document.createElement('tr')
  if (isNew) row.className = 'new'
  const items = order.items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ')
  for (const text of [time.format(new Date(order.createdAt)), order.id.slice(0, 8), order.customer, items, euros.format(order.totalCents / 100), order.status]) {
    const cell = document.createElement('td')
    cell.textContent = text
    row.append(cell)
  }
  const table = at('orders')
  table.prepend(row)
  while (table.rows.length > rowsShown) table.deleteRow(-1)
  const totalCents = [...seen.values()].reduce((sum, { totalCents }) => sum + totalCents, 0)
  at('summary').textContent = `${seen.size} ${seen.size === 1 ? 'order' : 'orders'}, ${euros.format(totalCents / 100)}`
}
