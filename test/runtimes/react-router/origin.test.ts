// The address of a request as its browser knows it.
import assert from 'node:assert/strict'
import { IncomingMessage, type IncomingHttpHeaders } from 'node:http'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { forwardedOrigin } from '../../../src/runtimes/react-router/origin.ts'

const rows: Record<string, { headers: IncomingHttpHeaders, is: string }> = {
  'by TLS, which ends before the gateway': { headers: { host: 'shop.internal', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example' }, is: 'https://shop.example' },
  'without TLS': { headers: { host: 'localhost:3042', 'x-forwarded-proto': 'http', 'x-forwarded-host': 'localhost:3042' }, is: 'http://localhost:3042' },
  'by another service': { headers: { host: 'shop.internal' }, is: 'http://shop.internal' },
  'without a host': { headers: { 'x-forwarded-host': '' }, is: 'http://localhost' },
  'with a scheme that is none': { headers: { host: 'a', 'x-forwarded-proto': 'javascript' }, is: 'http://a' }
}

for (const [name, { headers, is }] of Object.entries(rows)) {
  test(`${name}: ${is}`, () => {
    const request = new IncomingMessage(new Socket())
    Object.assign(request.headers, headers)
    assert.equal(forwardedOrigin(request), is)
  })
}
