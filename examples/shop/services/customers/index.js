// Customers: the plainest Node.js program there is, CommonJS that calls listen(). Under WattApp the call binds no port.
'use strict'
const { createServer } = require('node:http')
const { DatabaseSync } = require('node:sqlite')

const seed = [
  { id: '1', name: 'Ada Lovelace', city: 'London' },
  { id: '2', name: 'Grace Hopper', city: 'Arlington' },
  { id: '3', name: 'Katherine Johnson', city: 'Hampton' },
  { id: '4', name: 'Margaret Hamilton', city: 'Cambridge' }
]

// busy_timeout: while one worker replaces another, both have the file open.
const database = new DatabaseSync(process.env.DATABASE_PATH ?? ':memory:')
database.exec(`PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS customers (id TEXT PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL) STRICT`)
const insert = database.prepare('INSERT OR IGNORE INTO customers (id, name, city) VALUES (:id, :name, :city)')
for (const customer of seed) insert.run(customer)

const all = database.prepare('SELECT id, name FROM customers ORDER BY name')
const byId = database.prepare('SELECT id, name, city FROM customers WHERE id = ?')

createServer((request, response) => {
  const { status, body } = answer(request.method, new URL(request.url, 'http://customers.internal').pathname)
  const json = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) })
  response.end(request.method === 'HEAD' ? undefined : json)
}).listen(3000)

function answer (method, path) {
  if (method !== 'GET' && method !== 'HEAD') return problem(405, 'Method Not Allowed', `${method} is not for customers`)
  // Not under the route of the manifest, so only other services can ask for everybody.
  if (path === '/customers') return { status: 200, body: all.all() }
  const id = /^\/api\/customers\/([\w-]+)$/.exec(path)?.[1]
  const customer = id === undefined ? undefined : byId.get(id)
  return customer === undefined ? problem(404, 'Not Found', 'no such customer') : { status: 200, body: customer }
}

function problem (statusCode, error, message) {
  return { status: statusCode, body: { statusCode, error, message } }
}
