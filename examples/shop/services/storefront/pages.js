// The storefront's pages: data in, HTML out.
import { html } from './html.js'

const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })

/** Money is kept in whole cents everywhere; only a page turns it into euros. */
const price = (cents) => euros.format(cents / 100)

export function shopPage (products, customers) {
  return layout('Shop', html`
    <p class="lead">Six services, one pod. Put something in the cart.</p>
    <div class="columns">
      <section aria-labelledby="products-title">
        <h2 id="products-title">Products</h2>
        <ul class="products">${products.map(productCard)}</ul>
      </section>
      <section class="cart" aria-labelledby="cart-title">
        <h2 id="cart-title">Your cart</h2>
        <noscript><p>The cart needs JavaScript.</p></noscript>
        <p id="cart-empty">Nothing in it yet.</p>
        <ul id="cart-lines"></ul>
        <form id="order" hidden>
          <p class="total">Total <strong id="cart-total"></strong></p>
          <label for="customer">Customer</label>
          ${customerField(customers)}
          <button type="submit" class="primary">Order and pay</button>
        </form>
        <p id="message" role="status"></p>
      </section>
    </div>
    <script type="module" src="/assets/cart.js"></script>`)
}

function productCard ({ sku, name, priceCents, stock }) {
  return html`
    <li class="product" data-sku="${sku}" data-name="${name}" data-price-cents="${priceCents}" data-stock="${stock}">
      <span class="picture" aria-hidden="true">${name.slice(0, 1)}</span>
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

export function orderPage ({ id, customer, items, totalCents, status, createdAt }) {
  return layout('Thank you', html`
    <p class="lead">Order <code>${id}</code> for ${customer} is <strong>${status}</strong>.</p>
    <table>
      <caption class="visually-hidden">What was ordered</caption>
      <thead><tr><th scope="col">Product</th><th scope="col">Quantity</th><th scope="col">Price</th></tr></thead>
      <tbody>${items.map(({ name, quantity, priceCents }) => html`<tr><td>${name}</td><td>${quantity}</td><td>${price(priceCents * quantity)}</td></tr>`)}</tbody>
      <tfoot><tr><th scope="row" colspan="2">Total</th><td>${price(totalCents)}</td></tr></tfoot>
    </table>
    <p>Ordered at <time datetime="${createdAt}">${createdAt}</time>. <a href="/">Back to the shop</a></p>`)
}

export function notFoundPage () {
  return layout('Not here', html`<p class="lead">There is no such page. <a href="/">To the shop</a></p>`)
}

export function unavailablePage () {
  return layout('One moment', html`<p class="lead">The shelves are being restocked. Please try again in a moment.</p>`)
}

function layout (title, content) {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · Corner Shop</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/assets/shop.css">
</head>
<body>
  <header><a href="/" class="brand">Corner Shop</a><nav aria-label="Main"><a href="/admin">Admin</a></nav></header>
  <main>
    <h1>${title}</h1>
    ${content}
  </main>
</body>
</html>
`.toString()
}
