// GraphQL Yoga: queries, and subscriptions both ways.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { url, webSocketUrl } from './pod.ts'

const endpoint = `${url}/yoga/graphql`

async function ask (query: string, variables = {}): Promise<unknown> {
  const response = await fetch(endpoint, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) })
  return await response.json()
}

/** The data of server-sent events, as they come. */
async function * subscribe (query: string): AsyncGenerator<unknown> {
  const response = await fetch(endpoint, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'text/event-stream' }, body: JSON.stringify({ query }) })
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const [, data] = /^data: (.*)$/m.exec(text.slice(0, end)) ?? []
      if (data !== undefined && data !== '') yield JSON.parse(data)
      text = text.slice(end + 2)
    }
  }
}

async function all<Item> (items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

test('yoga: a query by POST and by GET, and one that is wrong', async () => {
  const greet = 'query ($name: String!) { greet(name: $name) }'
  assert.deepEqual(await ask(greet, { name: 'Ada' }), { data: { greet: 'Hello, Ada' } })
  const byGet = await fetch(`${endpoint}?${new URLSearchParams({ query: greet, variables: '{"name":"Bob"}' })}`)
  assert.deepEqual(await byGet.json(), { data: { greet: 'Hello, Bob' } })
  const { errors: [error] } = await ask('{ nothing }') as { errors: Array<{ message: string }> }
  assert.match(error?.message ?? '', /Cannot query field "nothing"/)
})

test('yoga: its own page for people', async () => {
  const page = await fetch(endpoint, { headers: { accept: 'text/html' } })
  assert.match(await page.text(), /<title>Yoga GraphiQL<\/title>/)
})

test('yoga: a subscription that ends, over server-sent events', async () => {
  assert.deepEqual(await all(subscribe('subscription { countdown(from: 3) }')), [3, 2, 1, 0].map((countdown) => ({ data: { countdown } })))
})

test('yoga: a subscription tells what another client says', async () => {
  const events = subscribe('subscription { said }')
  const first = events.next()
  // Said again until the subscription, which begins at some time after its head, has heard it.
  const heard = { isHeard: false }
  const told = first.then((event) => {
    heard.isHeard = true
    return event
  })
  while (!heard.isHeard) await ask('mutation { say(text: "hear, hear") }')
  assert.deepEqual((await told).value, { data: { said: 'hear, hear' } })
  await events.return(undefined)
})

test('graphql-ws: queries and subscriptions over a WebSocket', async () => {
  const client = createClient({ url: `${webSocketUrl}/yoga/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 })
  const results = await all(client.iterate({ query: 'subscription { countdown(from: 2) }' }))
  assert.deepEqual(results, [2, 1, 0].map((countdown) => ({ data: { countdown } })))
  assert.deepEqual(await all(client.iterate({ query: '{ greet(name: "Ada") }' })), [{ data: { greet: 'Hello, Ada' } }])
  await client.dispose()
})
