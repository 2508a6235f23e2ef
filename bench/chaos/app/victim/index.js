// The service that the fault is put into.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { faults } from '../faults.js'

const seen = { served: 0, active: 0, aborted: 0, longestLagMs: 0, longestClockLagMs: 0 }

/** Milliseconds that this thread was ready to run and had no core (proc_pid_schedstat): that is the machine's. */
function queuedMs () {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}

// How late its own timers are: what a burst of requests must not starve.
let last = { now: performance.now(), queued: queuedMs() }
setInterval(() => {
  const now = { now: performance.now(), queued: queuedMs() }
  const lagMs = now.now - last.now - 10
  seen.longestLagMs = Math.max(seen.longestLagMs, lagMs - (now.queued - last.queued))
  seen.longestClockLagMs = Math.max(seen.longestClockLagMs, lagMs)
  last = now
}, 10).unref()

const garbage = {
  bytes: (socket) => socket.end('this is no HTTP\r\n\r\n\r\n'),
  status: (socket) => socket.end('HTTP/1.1 9999 What\r\n\r\n'),
  short: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'),
  nothing: (socket) => socket.destroy()
}

export function create () {
  return createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://victim')
    const [, what, kind] = pathname.split('/')
    seen.served++
    seen.active++
    response.on('close', () => {
      seen.active--
      if (!response.writableFinished) seen.aborted++
    })
    switch (what) {
      case 'fault': return faults[kind]()
      case 'slow':
        await wait(Number(kind))
        return response.end('slow')
      case 'begin':
        // Begins and never ends.
        response.write('begun\n')
        return
      case 'never': return
      case 'garbage': return garbage[kind](request.socket)
      case 'events':
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
        return
      case 'burst': {
        const count = Number(kind)
        const target = searchParams.get('to')
        const answers = await Promise.all(Array.from({ length: count }, () => fetch(`http://${target}.internal/`).then((answer) => answer.text())))
        return response.end(String(answers.length))
      }
      case 'state': {
        const { heapUsed } = process.memoryUsage()
        const state = JSON.stringify({ ...seen, active: seen.active - 1, heapUsed })
        if (kind === 'reset') seen.longestLagMs = seen.longestClockLagMs = 0
        return response.end(state)
      }
      default: return response.end('victim')
    }
  })
}
