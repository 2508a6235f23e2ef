// Orders as they arrive: history by GET, then one WebSocket message an order. Text goes in as text, never as HTML.
const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })
const time = new Intl.DateTimeFormat('en-IE', { dateStyle: 'medium', timeStyle: 'medium' })
const at = (id) => document.getElementById(id)

const rowsShown = 100
/** Newest first, as in the table. */
const orders = []
const names = new Map()

connect(1)

/** Asks for history once the feed is open, so that no order falls between the two; one that comes twice is shown once. */
function connect (attempt) {
  const socket = new WebSocket(new URL('/api/orders/feed', window.location.href))
  socket.addEventListener('open', () => {
    attempt = 0
    state('live', 'Live')
    readHistory().catch(() => socket.close())
  })
  socket.addEventListener('message', ({ data }) => {
    const order = JSON.parse(data)
    show(order, true)
    at('news').textContent = `New order: ${itemsOf(order)}, ${euros.format(order.totalCents / 100)}`
  })
  socket.addEventListener('close', () => {
    state('away', 'Not connected, trying again…')
    setTimeout(() => connect(attempt + 1), Math.min(10_000, 500 * 2 ** attempt))
  })
}

async function readHistory () {
  const response = await fetch('/api/orders')
  if (!response.ok) throw new Error(`orders answered ${response.status}`)
  for (const order of await response.json()) show(order, false)
}

function state (className, text) {
  at('connection').className = className
  at('connection').textContent = text
}

/** In its place by time: what arrives live may overtake the history. */
function show (order, isNew) {
  if (orders.some(({ id }) => id === order.id)) return
  const older = orders.findIndex(({ createdAt }) => createdAt <= order.createdAt)
  const index = older === -1 ? orders.length : older
  if (index >= rowsShown) return
  orders.splice(index, 0, order)
  at('orders').insertBefore(rowOf(order, isNew), at('orders').rows[index] ?? null)
  if (orders.length > rowsShown) {
    orders.pop()
    at('orders').deleteRow(-1)
  }
  const totalCents = orders.reduce((sum, { totalCents }) => sum + totalCents, 0)
  at('summary').textContent = `${orders.length} ${orders.length === 1 ? 'order' : 'orders'}, ${euros.format(totalCents / 100)}`
}

function rowOf (order, isNew) {
  const row = document.createElement('tr')
  if (isNew) row.className = 'new'
  const link = document.createElement('a')
  link.href = `/orders/${encodeURIComponent(order.id)}`
  link.textContent = order.id.slice(0, 8)
  const customer = document.createElement('span')
  nameOf(order.customer).then((name) => { customer.textContent = name })
  const cells = [
    ['Time', time.format(new Date(order.createdAt))], ['Order', link], ['Customer', customer],
    ['Items', itemsOf(order)], ['Total', euros.format(order.totalCents / 100)], ['Status', order.status]
  ]
  for (const [label, content] of cells) {
    const cell = document.createElement('td')
    cell.dataset.label = label
    cell.append(content)
    row.append(cell)
  }
  return row
}

function itemsOf ({ items }) {
  return items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ')
}

/** Customers have numbers; an order by anybody else shows what it was given. Each is asked for once. */
function nameOf (customer) {
  if (!/^\d+$/.test(customer)) return Promise.resolve(customer)
  if (!names.has(customer)) {
    names.set(customer, fetch(`/api/customers/${customer}`)
      .then(async (response) => response.ok ? (await response.json()).name : customer)
      .catch(() => customer))
  }
  return names.get(customer)
}
