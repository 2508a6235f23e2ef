// The cart: kept in this browser, shown beside the products, sent as one order. Text goes in as text, never as HTML.
const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })
const at = (id) => document.getElementById(id)
const storageKey = 'corner-shop-cart'

const products = new Map([...document.querySelectorAll('.product')].map((card) => [card.dataset.sku, {
  card,
  name: card.dataset.name,
  priceCents: Number(card.dataset.priceCents),
  stock: Number(card.dataset.stock)
}]))

/** Product → its line in the cart. Lines stay while they are there, and so does the keyboard's focus. */
const lines = new Map()

let cart = load()
show()

for (const [sku, { card }] of products) {
  card.querySelector('.add').addEventListener('click', () => change(sku, 1))
}

at('order').addEventListener('submit', async (event) => {
  event.preventDefault()
  const button = event.target.querySelector('button[type=submit]')
  button.disabled = true
  say('Ordering…')
  try {
    await order(new FormData(event.target).get('customer'))
  } catch (problem) {
    say(problem.message, true)
    button.disabled = false
  }
})

// Another tab has changed the cart, or the browser shows this page again as it was left.
window.addEventListener('storage', reread)
window.addEventListener('pageshow', ({ persisted }) => { if (persisted) window.location.reload() })

async function order (customer) {
  const items = [...cart].map(([sku, quantity]) => ({ sku, quantity }))
  const response = await fetch('/api/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer, items })
  }).catch(() => { throw new Error('The shop cannot be reached. Please try again.') })
  const answer = await response.json().catch(() => ({}))
  if (response.status === 409) await restock()
  if (!response.ok) throw new Error(answer.message ?? `The shop answered ${response.status}.`)
  cart = new Map()
  save()
  window.location.assign(`/orders/${encodeURIComponent(answer.id)}`)
}

/** Somebody else was quicker: what is left now. */
async function restock () {
  const response = await fetch('/api/products')
  if (!response.ok) return
  for (const { sku, stock } of await response.json()) {
    const product = products.get(sku)
    if (product === undefined) continue
    product.stock = stock
    product.card.querySelector('.stock').textContent = stock > 0 ? `${stock} in stock` : 'Sold out'
    product.card.querySelector('.add').disabled = stock === 0
  }
  reread()
}

function reread () {
  cart = load()
  show()
}

function change (sku, by) {
  const { name, stock } = products.get(sku)
  const before = cart.get(sku) ?? 0
  const quantity = Math.min(before + by, stock)
  if (quantity > 0) cart.set(sku, quantity)
  else cart.delete(sku)
  save()
  show()
  if (quantity === before) say(`There are no more than ${stock} of ${name}.`)
  else say(quantity > 0 ? `${quantity} × ${name} in the cart.` : `${name} taken out of the cart.`)
}

function show () {
  for (const [sku, { item }] of lines) {
    if (cart.has(sku)) continue
    // Who took the last one out by keyboard goes on from the cart, not from the top of the page.
    if (item.contains(document.activeElement)) at('cart-title').focus()
    item.remove()
    lines.delete(sku)
  }
  for (const [sku, quantity] of cart) {
    const line = lines.get(sku) ?? addLine(sku)
    line.quantity.textContent = quantity
    line.price.textContent = euros.format(products.get(sku).priceCents * quantity / 100)
  }
  at('cart-empty').hidden = cart.size > 0
  at('order').hidden = cart.size === 0
  const totalCents = [...cart].reduce((sum, [sku, quantity]) => sum + products.get(sku).priceCents * quantity, 0)
  at('cart-total').textContent = euros.format(totalCents / 100)
  const count = [...cart.values()].reduce((sum, quantity) => sum + quantity, 0)
  at('cart-count').textContent = count === 0 ? '' : ` (${count})`
}

function addLine (sku) {
  const { name } = products.get(sku)
  const item = document.createElement('li')
  const line = { item, price: textIn('span', 'price'), quantity: textIn('span', 'quantity') }
  item.append(
    textIn('span', 'name', name),
    line.price,
    stepper('−', `One ${name} less`, () => change(sku, -1)),
    line.quantity,
    stepper('+', `One ${name} more`, () => change(sku, 1))
  )
  at('cart-lines').append(item)
  lines.set(sku, line)
  return line
}

function stepper (sign, label, onClick) {
  const button = textIn('button', 'step', sign)
  button.type = 'button'
  button.setAttribute('aria-label', label)
  button.addEventListener('click', onClick)
  return button
}

function textIn (tag, className, text = '') {
  const element = document.createElement(tag)
  element.className = className
  element.textContent = text
  return element
}

function say (text, isProblem = false) {
  at('message').textContent = text.charAt(0).toUpperCase() + text.slice(1)
  at('message').classList.toggle('problem', isProblem)
}

function save () {
  try {
    localStorage.setItem(storageKey, JSON.stringify([...cart]))
  } catch {
    // Storage that is full or forbidden: the cart lasts as long as the page.
  }
}

/** What was kept, as far as the shop still has it. */
function load () {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey) ?? '[]')
    return new Map(kept.filter(([sku, quantity]) => Number.isInteger(quantity))
      .map(([sku, quantity]) => [sku, Math.min(quantity, products.get(sku)?.stock ?? 0)])
      .filter(([, quantity]) => quantity > 0))
  } catch {
    return new Map()
  }
}
