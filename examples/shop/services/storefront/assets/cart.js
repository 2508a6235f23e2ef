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
    say(problem.message)
    button.disabled = false
  }
})

async function order (customer) {
  const items = [...cart].map(([sku, quantity]) => ({ sku, quantity }))
  const response = await fetch('/api/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer, items })
  })
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(answer.message ?? `The shop answered ${response.status}.`)
  cart = new Map()
  save()
  window.location.assign(`/orders/${encodeURIComponent(answer.id)}`)
}

function change (sku, by) {
  const { name, stock } = products.get(sku)
  const quantity = Math.min((cart.get(sku) ?? 0) + by, stock)
  if (quantity > 0) cart.set(sku, quantity)
  else cart.delete(sku)
  save()
  show()
  say(quantity > 0 ? `${quantity} × ${name} in the cart.` : `${name} taken out of the cart.`)
}

function show () {
  const lines = [...cart].map(([sku, quantity]) => line(sku, products.get(sku), quantity))
  at('cart-lines').replaceChildren(...lines)
  at('cart-empty').hidden = cart.size > 0
  at('order').hidden = cart.size === 0
  const totalCents = [...cart].reduce((sum, [sku, quantity]) => sum + products.get(sku).priceCents * quantity, 0)
  at('cart-total').textContent = euros.format(totalCents / 100)
}

function line (sku, { name, priceCents, stock }, quantity) {
  const item = document.createElement('li')
  const text = document.createElement('span')
  text.textContent = `${quantity} × ${name}`
  const sum = document.createElement('span')
  sum.className = 'price'
  sum.textContent = euros.format(priceCents * quantity / 100)
  item.append(text, sum, stepper('−', `One ${name} less`, () => change(sku, -1)), stepper('+', `One ${name} more`, () => change(sku, 1), quantity >= stock))
  return item
}

function stepper (sign, label, onClick, disabled = false) {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = sign
  button.setAttribute('aria-label', label)
  button.disabled = disabled
  button.addEventListener('click', onClick)
  return button
}

function say (text) {
  at('message').textContent = text
}

function save () {
  localStorage.setItem(storageKey, JSON.stringify([...cart]))
}

/** What was kept, less what the shop no longer has. */
function load () {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey) ?? '[]')
    return new Map(kept.filter(([sku, quantity]) => Number.isInteger(quantity) && quantity > 0 && quantity <= (products.get(sku)?.stock ?? 0)))
  } catch {
    return new Map()
  }
}
