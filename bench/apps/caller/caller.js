// Measures calls to another service from inside a service, on request, and answers with figures. Runs unchanged in ours and in wattpm:
// undici's `request` is handed in, since each side has its own undici.
import { createServer } from 'node:http'
import { answerAtOnce } from './at-once.js'
import { startEcho } from './ping-pong.js'

/** Long enough that reading the clock does not count, short enough that both of a pair see the same machine. */
const blockMs = 25

/**
 * GET /measure?client=request|fetch&url=URL&at=CALLS&ms=MILLISECONDS[&floor=1]
 * → { callUs, callsPerSecond, floorUs? }: microseconds a call (of `at` at once, each waits for the one before it), medians over blocks.
 */
export function createCaller (request) {
  const clients = {
    request: async (url, dispatcher) => {
      const { statusCode, body } = await request(url, dispatcher === undefined ? undefined : { dispatcher })
      await body.text()
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`)
    },
    fetch: async (url, dispatcher) => {
      const response = await fetch(url, dispatcher === undefined ? undefined : { dispatcher })
      await response.text()
      if (response.status !== 200) throw new Error(`${url} answered ${response.status}`)
    }
  }
  let echo

  async function measure (query) {
    const url = query.get('url')
    const call = clients[query.get('client')]
    const at = Number(query.get('at'))
    const kinds = { call: () => call(url) }
    if (query.has('floor')) {
      echo ??= await startEcho()
      kinds.pingPong = echo.ping
      kinds.atOnce = () => call(url, answerAtOnce)
    }
    const samples = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]))
    const endMs = performance.now() + Number(query.get('ms'))
    do {
      for (const [kind, once] of Object.entries(kinds)) samples[kind].push(await block(once, at))
    } while (performance.now() < endMs)
    const us = Object.fromEntries(Object.entries(samples).map(([kind, values]) => [kind, median(values)]))
    return {
      callUs: us.call,
      callsPerSecond: 1e6 / us.call,
      ...query.has('floor') && { pingPongUs: us.pingPong, atOnceUs: us.atOnce, floorUs: us.pingPong + us.atOnce }
    }
  }

  return createServer((incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url, 'http://caller')
    const figures = pathname === '/measure' ? measure(searchParams) : Promise.resolve({ ready: true })
    figures.then(
      (value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value)),
      (thrown) => response.writeHead(500).end(thrown.stack)
    )
  })
}

/** Calls after which what they left to later ticks gets its turn. */
const turnCalls = 64
const turn = () => new Promise((resolve) => { setImmediate(resolve) })

/** Microseconds a call, in a block of `at` chains of calls side by side. */
async function block (once, at) {
  await turn()
  const beginMs = performance.now()
  const endMs = beginMs + blockMs
  let calls = 0
  async function chain () {
    do {
      await once()
      // Calls that are answered at once never leave the turn: their ticks, 10,000 and more, would be paid for by the next block.
      if (++calls % turnCalls === 0) await turn()
    } while (performance.now() < endMs)
  }
  await Promise.all(Array.from({ length: at }, chain))
  return (performance.now() - beginMs) * 1000 / calls
}

function median (values) {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2
}
