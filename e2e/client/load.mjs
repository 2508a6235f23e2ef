// Constant open load: a request each tick whether or not the ones before were answered; half of them on new connections.
// It ends when told to, but never before it has sent enough to tell, however soon the change is over.
import { Agent, get } from 'node:http'

const [url, perSecond] = process.argv.slice(-2)
const keptAlive = new Agent({ keepAlive: true, maxSockets: 32 })
const enough = 500
let sent = 0
let open = 0
let isToldToStop = false
const failures = []

function fail (what) {
  if (failures.length < 50) failures.push(`${new Date().toISOString()} ${what}`)
}

function once () {
  sent++
  open++
  const request = get(url, { agent: sent % 2 === 0 ? keptAlive : false, timeout: 30_000 }, (answer) => {
    let whole = false
    answer.on('data', () => {}).on('end', () => { whole = true }).on('close', () => {
      open--
      if (answer.statusCode !== 200) fail(`status ${answer.statusCode}`)
      else if (!whole) fail('cut answer')
    })
  })
  request.on('timeout', () => request.destroy(new Error('no answer within 30 s')))
  request.on('error', (error) => {
    open--
    // A kept-alive connection closed by the server just as we wrote: any client sends an idempotent request again (RFC 9110 §9.2.2).
    if (request.reusedSocket && error.code === 'ECONNRESET') once()
    else fail(error.message)
  })
}

const timer = setInterval(() => {
  if (isToldToStop && sent >= enough) stop()
  else once()
}, 1000 / Number(perSecond))
const limit = setTimeout(stop, 5 * 60_000)
console.log('started')
process.stdin.once('data', () => { isToldToStop = true })

function stop () {
  clearInterval(timer)
  clearTimeout(limit)
  if (sent < enough) fail(`only ${sent} requests were sent`)
  const poll = setInterval(() => {
    if (open > 0) return
    clearInterval(poll)
    console.log(JSON.stringify(failures))
    process.exit(0)
  }, 20)
}
