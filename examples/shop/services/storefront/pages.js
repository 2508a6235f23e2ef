// The storefront's pages: data in, HTML out.
import { html } from './html.js'
import { picture } from './pictures.js'

const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })
const time = new Intl.DateTimeFormat('en-IE', { dateStyle: 'long', timeStyle: 'long', timeZone: 'UTC' })

/** Money is kept in whole cents everywhere; only a page turns it into euros. */
const price = (cents) => euros.format(cents / 100)

export function shopPage (products, customers, assets) {
  return layout('Shop', assets, html`
    <p class="lead">Six services, one pod. Put something in the cart.</p>
    <div class="columns">
      <section aria-labelledby="products-title">
        <h2 id="products-title">Products</h2>
        <ul class="products">${products.map(productCard)}</ul>
      </section>
      <section class="cart" id="cart" aria-labelledby="cart-title">
        <h2 id="cart-title" tabindex="-1">Your cart</h2>
        <noscript><p>The cart needs JavaScript.</p></noscript>
        <p id="cart-empty">Nothing in it yet.</p>
        <ul id="cart-lines"></ul>
        <form id="order" hidden>
          <p class="total">Total <strong id="cart-total"></strong></p>
          <label for="customer">Customer</label>
          ${customerField(customers)}
          <button type="submit" class="primary">Order and pay</button>
        </form>
        <p class="message" id="message" role="status"></p>
      </section>
    </div>
    <script type="module" src="${assets.script}"></script>`, html`<a href="#cart">Cart<span id="cart-count"></span></a>`)
}

function productCard ({ sku, name, priceCents, stock }) {
  return html`
    <li class="product" data-sku="${sku}" data-name="${name}" data-price-cents="${priceCents}" data-stock="${stock}">
      ${picture({ sku, name })}
      <h3>${name}</h3>
      <p class="price">${price(priceCents)}</p>
      <p class="stock">${stock > 0 ? `${stock} in stock` : 'Sold out'}</p>
      <button type="button" class="add"${stock > 0 ? '' : html` disabled`}>Add to cart<span class="visually-hidden">: ${name}</span></button>
    </li>`
}

function customerField (customers) {
  if (customers.length === 0) return html`<input id="customer" name="customer" required maxlength="100" autocomplete="name">`
  return html`<select id="customer" name="customer" required>${customers.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select>`
}

export function orderPage ({ id, items, totalCents, status, createdAt }, customer, assets) {
  return layout(status === 'paid' ? 'Thank you' : 'Your order', assets, html`
    <p class="lead">Order <code>${id}</code> for ${customer} is <strong>${status}</strong>.</p>
    <table>
      <caption class="visually-hidden">What was ordered</caption>
      <thead><tr><th scope="col">Product</th><th scope="col">Quantity</th><th scope="col">Price</th></tr></thead>
      <tbody>${items.map(({ name, quantity, priceCents }) => html`<tr><td>${name}</td><td>${quantity}</td><td>${price(priceCents * quantity)}</td></tr>`)}</tbody>
      <tfoot><tr><th scope="row" colspan="2">Total</th><td>${price(totalCents)}</td></tr></tfoot>
    </table>
    <p>Ordered on <time datetime="${createdAt}">${time.format(new Date(createdAt))}</time>. <a href="/">Back to the shop</a></p>`)
}

export function notFoundPage (assets) {
  return layout('Not here', assets, html`<p class="lead">There is no such page. <a href="/">To the shop</a></p>`)
}

export function unavailablePage (assets) {
  return layout('One moment', assets, html`<p class="lead">The shelves are being restocked. Please try again in a moment.</p>`)
}

function layout (title, assets, content, link = '') {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · Corner Shop</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="${assets.style}">
</head>
<body>
  <header><a href="/" class="brand">Corner Shop</a><nav aria-label="Main">${link}<a href="/admin/">Admin</a></nav></header>
  <main>
    <h1>${title}</h1>
    ${content}
  </main>
</body>
</html>
`.toString()
}
