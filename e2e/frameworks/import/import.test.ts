// A Watt 3 project and what `wattapp import` makes of it, side by side: the same requests get the same answers, out of one build.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { text } from 'node:stream/consumers'
import { WebSocket } from 'ws'
import { running, wattapp } from '../../../test/cli/support.ts'
import { buildShop, shop, startWatt, type Side } from './watt.ts'

/** Fields of an answer that differ by their nature, and why. */
const ofEachSide: Record<string, string> = {
  date: 'when it was given',
  connection: 'of one hop',
  'keep-alive': 'of one hop',
  'transfer-encoding': 'of one hop',
  // A HEAD says by it how long a GET is, and that must be the same.
  'content-length': 'of one hop: where a body ends is told by it, or by chunks',
  'x-request-id': 'the gateway gives each request a name, which the logs have too'
}
/** The same, of a file. */
const ofFiles: Record<string, string> = {
  etag: 'made of the content, so that all pods agree; in Watt of the time at which the file was written',
  'x-content-type-options': 'a script of another type is none'
}
/** Of files with a hash in their name. */
const ofAssets: Record<string, string> = {
  'cache-control': 'they may be kept for ever: what has another content has another name',
  'content-type': 'RFC 9239 made application/javascript obsolete'
}
/** Of what the gateway itself says. */
const ofGateway: Record<string, string> = { 'cache-control': 'an error is not kept', 'x-content-type-options': 'as for files' }

interface Ask { method?: string, path: string, headers?: Record<string, string>, body?: string | Buffer }
interface Row extends Ask {
  /** More fields that are each side's own. */
  except?: Record<string, string>
  /** What Watt answers otherwise, and why that is right neither way or only there. */
  differs?: { why: string, watt: Partial<Answer>, ours: Partial<Answer> }
}
interface Answer { status: number, headers: Record<string, string[] | undefined>, body: string }

const json = { 'content-type': 'application/json' }
const noRoute = (path: string): NonNullable<Row['differs']> => ({
  why: 'what no proxy leads to the gateway answers itself, each in its own words',
  watt: { status: 404, body: JSON.stringify({ message: `Route GET:${path} not found`, error: 'Not Found', statusCode: 404 }) },
  ours: { status: 404, headers: { 'content-type': ['application/json; charset=utf-8'] } }
})

const rows: Record<string, Row> = {
  'a Fastify service at its prefix': { path: '/api/catalog' },
  'and with a slash': { path: '/api/catalog/' },
  'with a query, as it was written': { path: '/api/catalog/items?b=2&a=%20x&a=1' },
  'a service that calls another one by plt.local': { path: '/api/catalog/items/1' },
  'a 404 of its own': { path: '/api/catalog/items/7' },
  'a 404 of its framework': { path: '/api/catalog/none' },
  'HEAD of JSON': { method: 'HEAD', path: '/api/catalog/items' },
  'POST of JSON, with a Location below the prefix': { method: 'POST', path: '/api/catalog/items', headers: json, body: '{"id":5,"name":"désk"}' },
  'POST of what is no JSON': { method: 'POST', path: '/api/catalog/items', headers: json, body: '{"id":' },
  'POST of bytes': { method: 'POST', path: '/api/catalog/upload', headers: { 'content-type': 'application/octet-stream' }, body: Buffer.alloc(300_000, 7) },
  'POST of what nobody parses': { method: 'POST', path: '/api/catalog/upload', headers: { 'content-type': 'text/x-odd' }, body: 'odd' },
  PUT: { method: 'PUT', path: '/api/catalog/items/1', headers: json, body: '[1]' },
  'DELETE, without a body': { method: 'DELETE', path: '/api/catalog/items/1' },
  'OPTIONS, which nobody answers': { method: 'OPTIONS', path: '/api/catalog/items/1' },
  'a redirect of one that does not know its prefix': { path: '/api/catalog/moved' },
  'a redirect to another host': { path: '/api/catalog/away' },
  'a redirect of one that names its prefix': {
    path: '/api/catalog/named',
    differs: { why: 'Watt names the prefix twice, and leads nowhere', watt: { headers: { location: ['/api/catalog/api/catalog/items'] } }, ours: { headers: { location: ['/api/catalog/items'] } } }
  },
  'a cookie for a path of the service': {
    path: '/api/catalog/cookie',
    differs: { why: 'a browser never sends the cookie back that Watt passes on', watt: { headers: { 'set-cookie': ['cart=7; Path=/items; HttpOnly'] } }, ours: { headers: { 'set-cookie': ['cart=7; Path=/api/catalog/items; HttpOnly'] } } }
  },
  'fields both ways, cookies among them': { path: '/api/catalog/headers', headers: { accept: 'text/x', 'x-custom': 'yes', cookie: 'c=3' } },
  'an error that a service throws': { path: '/api/catalog/broken' },
  'a megabyte': { path: '/api/catalog/big' },
  'a path that only begins like a prefix': { path: '/api/catalogue', except: ofGateway, differs: noRoute('/api/catalogue') },

  'a node:http service whose prefix is rewritten': { path: '/orders/' },
  'at the prefix itself': {
    path: '/orders',
    differs: {
      why: 'Watt adds a slash to the prefix, unless there is a query',
      watt: { body: '{"service":"orders","url":"/v1/","prefix":"shop","currency":"EUR"}' },
      ours: { body: '{"service":"orders","url":"/v1","prefix":"shop","currency":"EUR"}' }
    }
  },
  'at the prefix itself, with a query': { path: '/orders?q=1' },
  'below it': { path: '/orders/count?item=2' },
  'POST of a text': { method: 'POST', path: '/orders/echo?x=1', headers: { 'content-type': 'text/plain' }, body: 'hello' },
  'POST of a form': { method: 'POST', path: '/orders/echo', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1&b=%202' },
  'PATCH of JSON': { method: 'PATCH', path: '/orders/echo', headers: json, body: '{"a":1}' },
  'a redirect is led back through the rewrite': { path: '/orders/moved' },
  'a path with what is no ASCII': { path: '/orders/none/%C3%BC%20x' },
  'HEAD of node:http': { method: 'HEAD', path: '/orders/count' },

  'a page of Next that is made anew, and calls a service': { path: '/site' },
  'Next takes the slash away': { path: '/site/' },
  'a page of Next with a parameter': { path: '/site/products/1' },
  'a page of Next that does not exist': { path: '/site/products/9' },
  'a page of Next that was made once': { path: '/site/static' },
  'the same, as React asks for it': { path: '/site/static?_rsc', headers: { rsc: '1' } },
  'the same, asked for without the name of its variant': { path: '/site/static?_rsc=1', headers: { rsc: '1' } },
  'HEAD of a page': { method: 'HEAD', path: '/site/static' },
  'a page that the client has': { path: '/site/static', headers: { 'if-none-match': '*' } },
  'a redirect of next.config': { path: '/site/old' },
  'a rewrite of next.config': { path: '/site/shelf' },
  'a file of public': { path: '/site/shelf.svg' },
  'a part of a file': { path: '/site/shelf.svg', headers: { range: 'bytes=0-9' } },
  'a path that Next does not know': { path: '/site/none' },
  'a script that Next does not have': { path: '/site/_next/static/none.js' },
  'what the image optimiser refuses': { path: '/site/_next/image?url=%2Fsite%2Fshelf.svg&w=640&q=75' },
  'a route handler': { path: '/site/api/echo' },
  'a route handler, by POST': { method: 'POST', path: '/site/api/echo', headers: json, body: '{"a":1}' },
  'a method that a route handler has not': { method: 'DELETE', path: '/site/api/echo' },

  'the page of a Vite application': { path: '/admin/', except: ofFiles },
  'without a slash': { path: '/admin', except: ofFiles },
  'with a query': { path: '/admin/?tab=2', except: ofFiles },
  'a deep link': { path: '/admin/users/7/edit', except: ofFiles },
  'a file beside it': { path: '/admin/robots.txt', except: ofFiles },
  'a part of it': { path: '/admin/robots.txt', headers: { range: 'bytes=0-4' }, except: ofFiles },
  'HEAD of the page': { method: 'HEAD', path: '/admin/', except: ofFiles },
  'a script that is not there': {
    path: '/admin/assets/none.js',
    except: { ...ofFiles, 'accept-ranges': 'of a file', 'cache-control': 'of a file', 'last-modified': 'of a file' },
    differs: { why: 'a page is no script: after a new build browsers must see that the old one is gone', watt: { status: 200, headers: { 'content-type': ['text/html; charset=utf-8'] } }, ours: { status: 404, body: 'Not Found\n' } }
  },
  'POST to a page': {
    method: 'POST',
    path: '/admin/',
    except: { ...ofFiles, 'accept-ranges': 'of a file', 'cache-control': 'of a file', 'last-modified': 'of a file' },
    differs: { why: 'files take no POST', watt: { status: 200 }, ours: { status: 405, headers: { allow: ['GET, HEAD'] } } }
  },

  'a server that listens by itself': { path: '/chat' },
  'and below': { path: '/chat/rooms/1?a' },
  'the root, where no proxy leads': {
    path: '/',
    except: ofGateway,
    differs: { ...noRoute('/'), watt: { status: 200, body: '{"message":"Welcome to Platformatic! Please visit https://docs.platformatic.dev"}' } }
  },
  'what no proxy leads to': { path: '/nothing?a=1', except: ofGateway, differs: noRoute('/nothing?a=1') }
}

let watt: Side
let ours: Side

before(async () => {
  await buildShop()
  watt = await startWatt()
  ours = await startOurs()
})
after(async () => {
  await ours?.[Symbol.asyncDispose]()
  await watt?.[Symbol.asyncDispose]()
})

test('everything that the project says has an equal, and the manifest is valid', async () => {
  const { stdout } = await wattapp(['import', shop, '--format', 'json'])
  const { leftOut, unsupported } = JSON.parse(stdout) as { leftOut: string[], unsupported: unknown[] }
  assert.deepEqual(unsupported, [])
  assert.deepEqual(leftOut, ['gateway is Watt\'s gateway: its proxies became routes of the services.'])
  assert.match((await wattapp(['validate', join(shop, 'wattapp.yaml')])).stdout, /is valid\n$/)
})

for (const [name, { except = {}, differs, ...ask }] of Object.entries(rows)) {
  test(`${name}: ${ask.method ?? 'GET'} ${ask.path}`, async () => {
    const [theirs, mine] = await Promise.all([watt, ours].map((side) => answerOf(side, ask, { ...ofEachSide, ...except }))) as [Answer, Answer]
    if (differs === undefined) return assert.deepEqual(mine, theirs)
    const { why, watt: expected, ours: instead } = differs
    assertHas(theirs, expected, why)
    assertHas(mine, instead, why)
    // Whatever the table does not name is the same.
    if (expected.status === undefined) assert.equal(mine.status, theirs.status)
    if (expected.status === undefined && expected.body === undefined) assert.equal(mine.body, theirs.body)
  })
}

for (const page of ['/site', '/site/static', '/admin/']) {
  test(`every script, style and image of ${page}`, async () => {
    const { body } = await answerOf(ours, { path: page }, {})
    const files = [...new Set(Array.from(body.matchAll(/(?:src|href)="(\/[^"]+\.\w+)"/g), ([, path = '']) => path))]
    assert.ok(files.length >= 2, body)
    const own = { ...ofEachSide, ...page === '/admin/' && { ...ofFiles, ...ofAssets } }
    for (const path of files) {
      const [theirs, mine] = await Promise.all([watt, ours].map((side) => answerOf(side, { path }, own)))
      assert.equal(mine?.status, 200)
      assert.deepEqual(mine, theirs, path)
    }
  })
}

test('a WebSocket through the gateway: texts and bytes, both ways', async () => {
  const [theirs, mine] = await Promise.all([watt, ours].map(conversation))
  assert.deepEqual(mine, ['welcome to /room?a=1', 'you said hello', [1, 2, 3], 1000])
  assert.deepEqual(mine, theirs)
})

test('what was imported ran without an error of its own', () => {
  const expected = /the shelf fell down|dangerouslyAllowSVG/
  assert.deepEqual(ours.log().split('\n').filter((line) => line.includes('"level":"error"') && !expected.test(line)), [])
})

async function startOurs (): Promise<Side> {
  const { code, stderr } = await wattapp(['import', '.', '-o', 'wattapp.yaml', '--force'], { cwd: shop })
  assert.equal(code, 0, stderr)
  const child = running(['run', 'wattapp.yaml', '--port', '0', '--admin-port', '0'], { cwd: shop, env: { NEXT_TELEMETRY_DISABLED: '1' } })
  const [, url = ''] = await child.line(/ is on (http:\S+)$/)
  await child.line(/ is ready; Ctrl\+C/)
  return { url, log: () => child.lines.join('\n'), [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
}

/** Without what is each side's own; that side's address is `http://HOST`. */
async function answerOf ({ url }: Side, { method = 'GET', path, headers = {}, body }: Ask, own: Record<string, string>): Promise<Answer> {
  const asked = request(url + path, { method, headers: { ...headers, ...body !== undefined && { 'content-length': Buffer.byteLength(body) } }, agent: false })
  asked.end(body)
  const [response] = await once(asked, 'response') as [IncomingMessage]
  const { host } = new URL(url)
  const fields = Object.entries(response.headersDistinct).filter(([name]) => !Object.hasOwn(own, name) || (name === 'content-length' && method === 'HEAD'))
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(fields.sort(([one], [other]) => one < other ? -1 : 1).map(([name, values]) => [name, values?.map((value) => value.replaceAll(host, 'HOST'))])),
    body: (await text(response)).replaceAll(host, 'HOST')
  }
}

function assertHas ({ status, headers, body }: Answer, expected: Partial<Answer>, why: string): void {
  const seen: Partial<Answer> = {
    ...expected.status !== undefined && { status },
    ...expected.headers !== undefined && { headers: Object.fromEntries(Object.keys(expected.headers).map((name) => [name, headers[name]])) },
    ...expected.body !== undefined && { body }
  }
  assert.deepEqual(seen, expected, why)
}

async function conversation ({ url }: Side): Promise<unknown[]> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/chat/room?a=1`)
  const said: unknown[] = []
  const next = async (): Promise<void> => {
    const [data, isBinary] = await once(socket, 'message') as [Buffer, boolean]
    said.push(isBinary ? [...data] : data.toString())
  }
  await next()
  socket.send('hello')
  await next()
  socket.send(Buffer.from([1, 2, 3]))
  await next()
  socket.close(1000)
  const [code] = await once(socket, 'close') as [number]
  return [...said, code]
}
