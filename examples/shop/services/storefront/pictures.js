// One line drawing a product; what has none shows its first letter.
import { html } from './html.js'

const drawings = new Map([
  ['mug', html`<path d="M5 7h10v9a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3z"/><path d="M15 9h2a2.5 2.5 0 0 1 0 5h-2M8 4v1M12 4v1"/>`],
  ['notebook', html`<rect x="6" y="3.5" width="13" height="17" rx="1.5"/><path d="M4.5 7h3M4.5 12h3M4.5 17h3M11 8h5M11 11.5h5"/>`],
  ['socks', html`<path d="M9 3.5h7v9.5l-5.5 6a3.4 3.4 0 0 1-5-4.6L9 11z"/><path d="M9 6.5h7M12.5 16.5l-3.5-3.5"/>`],
  ['tee', html`<path d="M9 4 4 6.5l1.5 4L8 9.5V20h8V9.5l2.5 1 1.5-4L15 4a3 3 0 0 1-6 0z"/>`],
  ['espresso', html`<path d="M5 4h14v4H5zM7 8v12h12M5 20h14M11 8v2.5h5V8"/><path d="M11.5 14h4v2.5a1.5 1.5 0 0 1-1.5 1.5h-1a1.5 1.5 0 0 1-1.5-1.5z"/>`],
  ['poster', html`<rect x="5" y="3.5" width="14" height="17"/><path d="m5 16 4-5 3.5 4 2-2.5 4.5 5"/><circle cx="14.5" cy="8" r="1.5"/>`]
])

export function picture ({ sku, name }) {
  const drawing = drawings.get(sku)
  return drawing === undefined
    ? html`<span class="picture" aria-hidden="true">${name.slice(0, 1)}</span>`
    : html`<svg class="picture" viewBox="0 0 24 24" aria-hidden="true">${drawing}</svg>`
}
