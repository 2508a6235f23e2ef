// The orders' SQLite file. An order is there, pending, before anything is asked of other services for it.
import { DatabaseSync } from 'node:sqlite'

export interface Item { sku: string, name: string, quantity: number, priceCents: number }

export interface Order {
  id: string
  customer: string
  items: Item[]
  totalCents: number
  status: 'pending' | 'paid' | 'cancelled'
  createdAt: string
}

export interface Orders {
  begin: (id: string, customer: string) => void
  pay: (id: string, items: Item[], totalCents: number) => Order
  settle: (id: string, status: Order['status']) => void
  find: (id: string) => Order | undefined
  /** Newest first, paid ones alone. */
  latest: (count: number) => Order[]
  /** Ids of orders pending for so long that nobody works on them any more. */
  abandoned: () => string[]
  close: () => void
}

type Row = Omit<Order, 'items'> & { items: string }

const abandonedAfterMs = 60_000

export function openOrders (path: string): Orders {
  // busy_timeout: while one worker replaces another, both have the file open.
  const database = new DatabaseSync(path)
  database.exec(`PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS orders (
      id TEXT PRIMARY KEY, customer TEXT NOT NULL, items TEXT NOT NULL DEFAULT '[]',
      total_cents INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL DEFAULT 'pending', created_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS orders_by_time ON orders (status, created_at)`)
  const columns = 'id, customer, items, total_cents AS totalCents, status, created_at AS createdAt'
  const insert = database.prepare('INSERT INTO orders (id, customer, created_at) VALUES (?, ?, ?)')
  const paid = database.prepare("UPDATE orders SET items = ?, total_cents = ?, status = 'paid' WHERE id = ?")
  const settled = database.prepare('UPDATE orders SET status = ? WHERE id = ?')
  const byId = database.prepare(`SELECT ${columns} FROM orders WHERE id = ?`)
  const newest = database.prepare(`SELECT ${columns} FROM orders WHERE status = 'paid' ORDER BY created_at DESC, rowid DESC LIMIT ?`)
  const pendingBefore = database.prepare("SELECT id FROM orders WHERE status = 'pending' AND created_at < ?")

  function find (id: string): Order | undefined {
    const row = byId.get(id)
    return row === undefined ? undefined : toOrder(row)
  }

  return {
    begin: (id, customer) => { insert.run(id, customer, new Date().toISOString()) },
    pay (id, items, totalCents) {
      paid.run(JSON.stringify(items), totalCents, id)
      return toOrder(byId.get(id))
    },
    settle: (id, status) => { settled.run(status, id) },
    find,
    latest: (count) => newest.all(count).map(toOrder),
    abandoned: () => pendingBefore.all(new Date(Date.now() - abandonedAfterMs).toISOString()).map((row) => String(row['id'])),
    close: () => database.close()
  }
}

function toOrder (row: unknown): Order {
  const { items, ...rest } = row as Row
  return { ...rest, items: JSON.parse(items) as Item[] }
}
