// Who a client is: a trusted proxy is believed, everyone else is not, and what services are told follows from that.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addressOf, forward, nodesOf, type Forwarding } from '../../src/gateway/forwarding.ts'
import { readFields } from '../../src/gateway/request-fields.ts'
import { createTrust } from '../../src/gateway/trust.ts'

const isTrusted = createTrust(['10.0.0.0/8', '192.0.2.7', '2001:db8:ffff::/48'])

/** `fields` as they came from `peer`, with Host shop.example. */
function told (peer: string, fields: string[], authority = 'shop.example'): { client: string } & Record<string, string | undefined> {
  const { client, fields: out }: Forwarding = forward({ peer, authority, claims: readFields(fields).claims, isTrusted })
  return { client, ...Object.fromEntries(out.flatMap((name, index) => index % 2 === 0 ? [[name, out[index + 1] ?? '']] : [])) }
}

const direct: Array<[what: string, peer: string, authority: string, port: string, forwarded: string]> = [
  ['a client by IPv4', '198.51.100.1', 'shop.example', '80', 'for=198.51.100.1;host=shop.example;proto=http'],
  ['a client by IPv6', '2001:db8::1', 'shop.example:8080', '8080', 'for="[2001:db8::1]";host="shop.example:8080";proto=http'],
  ['no Host', '198.51.100.1', '', '80', 'for=198.51.100.1;proto=http'],
  ['a trusted proxy that says nothing', '10.0.0.1', 'shop.example', '80', 'for=10.0.0.1;host=shop.example;proto=http']
]

for (const [what, peer, authority, port, forwarded] of direct) {
  test(`what is said of ${what}`, () => {
    const { client, 'x-forwarded-for': from, 'x-forwarded-proto': proto, 'x-forwarded-host': host, 'x-forwarded-port': at, forwarded: got } = told(peer, [], authority)
    assert.deepEqual({ client, from, proto, host, at, got }, { client: peer, from: peer, proto: 'http', host: authority, at: port, got: forwarded })
  })
}

const everything = [
  'X-Forwarded-For', '6.6.6.6', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'bank.example', 'X-Forwarded-Port', '443', 'Forwarded', 'for=6.6.6.6', 'X-Forwarded-Prefix', '/x'
]

test('who is no trusted proxy is believed nothing', () => {
  assert.deepEqual(told('198.51.100.1', everything), told('198.51.100.1', []))
  assert.deepEqual(told('::ffff:198.51.100.1', everything), told('::ffff:198.51.100.1', []))
})

const clients: Array<[what: string, peer: string, fields: string[], client: string]> = [
  ['one hop', '10.0.0.1', ['X-Forwarded-For', '198.51.100.1'], '198.51.100.1'],
  ['what stands left of the first hop that is not trusted is hearsay', '10.0.0.1', ['X-Forwarded-For', '6.6.6.6, 198.51.100.1'], '198.51.100.1'],
  ['trusted hops are passed over', '10.0.0.1', ['X-Forwarded-For', '6.6.6.6, 198.51.100.1, 192.0.2.7,10.9.9.9'], '198.51.100.1'],
  ['several fields are one list', '10.0.0.1', ['X-Forwarded-For', '6.6.6.6', 'x-forwarded-for', '198.51.100.1'], '198.51.100.1'],
  ['only trusted hops: the first of them', '10.0.0.1', ['X-Forwarded-For', '10.0.0.3, 10.0.0.2'], '10.0.0.3'],
  ['with ports', '10.0.0.1', ['X-Forwarded-For', '198.51.100.1:4711'], '198.51.100.1'],
  ['IPv6', '2001:db8:ffff::1', ['X-Forwarded-For', '2001:db8::1'], '2001:db8::1'],
  ['IPv6 in brackets, with a port', '10.0.0.1', ['X-Forwarded-For', '[2001:db8::1]:4711'], '2001:db8::1'],
  ['a dual-stack listener\'s proxy', '::ffff:10.0.0.1', ['X-Forwarded-For', '198.51.100.1'], '198.51.100.1'],
  ['a mapped client', '10.0.0.1', ['X-Forwarded-For', '::ffff:198.51.100.1'], '198.51.100.1'],
  ['a mapped proxy between', '10.0.0.1', ['X-Forwarded-For', '198.51.100.1, ::ffff:10.1.1.1'], '198.51.100.1'],
  ['an unknown hop hides what is behind it', '10.0.0.1', ['X-Forwarded-For', '6.6.6.6, unknown, 10.0.0.2'], '10.0.0.2'],
  ['nonsense too', '10.0.0.1', ['X-Forwarded-For', '6.6.6.6, <script>'], '10.0.0.1'],
  ['an empty list', '10.0.0.1', ['X-Forwarded-For', ' , ,'], '10.0.0.1'],
  ['Forwarded alone', '10.0.0.1', ['Forwarded', 'for=6.6.6.6, for=198.51.100.1;proto=https;by=10.0.0.1'], '198.51.100.1'],
  ['Forwarded with a port, quoted', '10.0.0.1', ['Forwarded', 'For="198.51.100.1:80"'], '198.51.100.1'],
  ['Forwarded by IPv6', '10.0.0.1', ['Forwarded', 'proto=http; for="[2001:db8::1]:80"'], '2001:db8::1'],
  ['Forwarded with a comma in quotes', '10.0.0.1', ['Forwarded', 'for=198.51.100.1;host="a, for=6.6.6.6"'], '198.51.100.1'],
  ['an obfuscated hop (RFC 7239 §6.3)', '10.0.0.1', ['Forwarded', 'for=6.6.6.6, for=_hidden'], '10.0.0.1'],
  ['an unknown hop (RFC 7239 §6.2)', '10.0.0.1', ['Forwarded', 'for=unknown'], '10.0.0.1'],
  ['an element without for', '10.0.0.1', ['Forwarded', 'for=6.6.6.6, proto=https'], '10.0.0.1'],
  ['X-Forwarded-For counts where both came: proxies let a Forwarded of the client\'s pass', '10.0.0.1', ['Forwarded', 'for=6.6.6.6', 'X-Forwarded-For', '198.51.100.1'], '198.51.100.1']
]

for (const [what, peer, fields, client] of clients) {
  test(`the client behind proxies: ${what}`, () => assert.equal(told(peer, fields).client, client))
}

test('what a trusted proxy says is kept, and it is added to the chain', () => {
  const { client, ...fields } = told('10.0.0.1', ['X-Forwarded-For', '198.51.100.1', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'shop.example', 'X-Forwarded-Prefix', '/x'], 'internal:8080')
  assert.equal(client, '198.51.100.1')
  assert.deepEqual(fields, {
    'x-forwarded-for': '198.51.100.1, 10.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'shop.example',
    'x-forwarded-port': '443',
    forwarded: 'for=198.51.100.1, for=10.0.0.1;host="internal:8080";proto=http',
    'X-Forwarded-Prefix': '/x'
  })
})

test('a chain that came as Forwarded is told both ways', () => {
  const { 'x-forwarded-for': from, forwarded } = told('10.0.0.1', ['Forwarded', 'for="[2001:db8::1]";proto=https'])
  assert.equal(from, '2001:db8::1, 10.0.0.1')
  assert.equal(forwarded, 'for="[2001:db8::1]";proto=https, for=10.0.0.1;host=shop.example;proto=http')
})

const nodes: Record<string, string | undefined> = {
  '1.2.3.4': '1.2.3.4',
  '1.2.3.4:80': '1.2.3.4',
  '1.2.3.4:_port': '1.2.3.4',
  '1.2.3': undefined,
  '1.2.3.4.': undefined,
  '256.1.1.1': undefined,
  '::': '::',
  '::1': '::1',
  '[::1]': '::1',
  '2001:db8::1': '2001:db8::1',
  '1:2:3:4:5:6:7:8': '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:1.2.3.4': '1:2:3:4:5:6:1.2.3.4',
  '1:2:3:4:5:6:7': undefined,
  '1:2:3:4:5:6:7:8:9': undefined,
  '1:2:3:4:5:6:7::8': undefined,
  '1::2::3': undefined,
  ':1::2': undefined,
  '12345::': undefined,
  '::g': undefined,
  'fe80::1%eth0': undefined,
  unknown: undefined,
  _hidden: undefined,
  '': undefined
}

for (const [node, address] of Object.entries(nodes)) {
  test(`the node ${JSON.stringify(node)} has the address ${address ?? 'of nobody'}`, () => assert.equal(addressOf(node), address))
}

test('nodes of Forwarded are read as RFC 7239 §4 writes them', () => {
  assert.deepEqual(nodesOf('for="_gazonk"'), ['_gazonk'])
  assert.deepEqual(nodesOf('For="[2001:db8:cafe::17]:4711"'), ['2001:db8:cafe::17'])
  assert.deepEqual(nodesOf('for=192.0.2.60;proto=http;by=203.0.113.43'), ['192.0.2.60'])
  assert.deepEqual(nodesOf('for=192.0.2.43, for=198.51.100.17'), ['192.0.2.43', '198.51.100.17'])
  assert.deepEqual(nodesOf('for="a\\"b"'), ['a"b'])
})

test('proxies may be addresses and CIDRs of both families; what is neither trusts nobody', () => {
  const trust = createTrust(['192.0.2.1', '10.0.0.0/8', '2001:db8::/32', '::1', 'nonsense', '999.1.1.1/8'])
  for (const address of ['192.0.2.1', '10.255.0.1', '::ffff:10.0.0.1', '2001:db8:1::1', '::1']) assert.ok(trust(address), address)
  for (const address of ['192.0.2.2', '11.0.0.1', '::ffff:11.0.0.1', '2001:db9::1', '::2', '', 'nonsense', '10.0.0.1, 1.1.1.1']) assert.ok(!trust(address), address)
})

const address = fc.oneof(fc.ipV4(), fc.ipV6())
const junk = fc.oneof(address, fc.string({ unit: fc.constantFrom(...'for=;,"\\[]:._ 1a%') }))

test('whatever a client sends, it is itself that services see', () => {
  fc.assert(fc.property(fc.ipV4().filter((peer) => !isTrusted(peer)), fc.array(junk), (peer, values) => {
    const fields = values.flatMap((value, index) => [['X-Forwarded-For', 'Forwarded', 'X-Forwarded-Host', 'X-Real-IP'][index % 4] ?? '', value])
    assert.deepEqual(told(peer, fields), told(peer, []))
  }))
})

test('whatever a client sends to a proxy that appends, the client that the proxy saw is what services see', () => {
  fc.assert(fc.property(fc.ipV4().filter((client) => !isTrusted(client)), fc.array(junk), junk, (client, values, forwarded) => {
    assert.equal(told('10.0.0.1', ['Forwarded', forwarded, 'X-Forwarded-For', [...values, client].join(', ')]).client, client)
  }))
})
