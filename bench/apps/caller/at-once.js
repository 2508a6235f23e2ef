// The other half of the floor: undici's own part of a call, on a dispatcher that has the answer already.
const body = Buffer.from(JSON.stringify({ hello: 'world', items: [1, 2, 3], at: 'bench' }))
const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }
const rawHeaders = Object.entries(headers).flat().map((text) => Buffer.from(text))

const controller = {
  paused: false,
  aborted: false,
  reason: null,
  rawHeaders,
  rawTrailers: [],
  pause () {},
  resume () {},
  abort () {}
}

export const answerAtOnce = {
  dispatch (options, handler) {
    if (handler.onRequestStart !== undefined) {
      handler.onRequestStart(controller, {})
      handler.onResponseStart(controller, 200, headers, 'OK')
      handler.onResponseData(controller, body)
      handler.onResponseEnd(controller, {})
    } else {
      handler.onConnect(() => {}, null)
      handler.onHeaders(200, rawHeaders, () => {}, 'OK')
      handler.onData(body)
      handler.onComplete([])
    }
    return true
  }
}
