// The catalogue's SQLite file. A reservation takes all of an order's items or none, and is known by the order's id,
// so that asking twice for the same order takes stock once.
import { DatabaseSync } from 'node:sqlite'

const seed = [
  { sku: 'mug', name: 'Enamel mug', priceCents: 1200, stock: 1000 },
  { sku: 'notebook', name: 'Dotted notebook', priceCents: 1450, stock: 500 },
  { sku: 'socks', name: 'Wool socks', priceCents: 950, stock: 800 },
  { sku: 'tee', name: 'Organic cotton tee', priceCents: 2400, stock: 400 },
  { sku: 'espresso', name: 'Espresso machine', priceCents: 44900, stock: 12 },
  { sku: 'poster', name: 'Signed poster, last three', priceCents: 1900, stock: 3 }
]

export function openCatalogue (path) {
  // busy_timeout: while one worker replaces another, both have the file open.
  const database = new DatabaseSync(path)
  database.exec(`PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;
    CREATE TABLE IF NOT EXISTS products (
      sku TEXT PRIMARY KEY, name TEXT NOT NULL,
      price_cents INTEGER NOT NULL, stock INTEGER NOT NULL CHECK (stock >= 0)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS reservations (
      order_id TEXT NOT NULL, sku TEXT NOT NULL REFERENCES products (sku), quantity INTEGER NOT NULL,
      PRIMARY KEY (order_id, sku)
    ) STRICT`)
  const insert = database.prepare('INSERT OR IGNORE INTO products (sku, name, price_cents, stock) VALUES (:sku, :name, :priceCents, :stock)')
  for (const product of seed) insert.run(product)

  const all = database.prepare('SELECT sku, name, price_cents AS priceCents, stock FROM products ORDER BY price_cents')
  const bySku = database.prepare('SELECT sku, name, price_cents AS priceCents, stock FROM products WHERE sku = ?')
  const take = database.prepare('UPDATE products SET stock = stock - :quantity WHERE sku = :sku')
  const remember = database.prepare('INSERT INTO reservations (order_id, sku, quantity) VALUES (:orderId, :sku, :quantity)')
  const reserved = database.prepare(`SELECT sku, name, price_cents AS priceCents, quantity
    FROM reservations JOIN products USING (sku) WHERE order_id = ? ORDER BY sku`)
  const putBack = database.prepare(`UPDATE products SET stock = stock + r.quantity
    FROM reservations AS r WHERE r.order_id = ? AND r.sku = products.sku`)
  const forget = database.prepare('DELETE FROM reservations WHERE order_id = ?')

  /** Runs `work` in one transaction; rolls back when it throws. IMMEDIATE: what was read is still true when it is written. */
  function transaction (work) {
    database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (thrown) {
      database.exec('ROLLBACK')
      throw thrown
    }
  }

  return {
    list: () => all.all(),

    reserve: (orderId, items) => transaction(() => {
      const before = reserved.all(orderId)
      if (before.length > 0) return { status: 200, body: { items: before } }
      for (const { sku, quantity } of items) {
        const product = bySku.get(sku)
        if (product === undefined) return { status: 404, body: { sku, message: `there is no product "${sku}"` } }
        if (product.stock < quantity) {
          return { status: 409, body: { sku, message: `only ${product.stock} of "${product.name}" left, ${quantity} wanted` } }
        }
      }
      // Nothing has been taken until every item was found to be there.
      for (const { sku, quantity } of items) {
        take.run({ sku, quantity })
        remember.run({ orderId, sku, quantity })
      }
      return { status: 200, body: { items: reserved.all(orderId) } }
    }),

    release: (orderId) => transaction(() => {
      putBack.run(orderId)
      forget.run(orderId)
    })
  }
}
