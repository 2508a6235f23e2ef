// What the gateway answers by itself, as a person will read it. docs/errors.md is held to this table.
import { errorTable } from '../base/error.ts'

/** Enough of what came from outside to recognise it; nothing is so long that it fills a log. */
const quoted = (text: string): string => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)

export const errors = errorTable({
  WATT_NO_ROUTE: {
    status: 404,
    message: (host: string, path: string) => `no route for ${quoted(path)} on host ${quoted(host)}`,
    hint: 'a service is reached from outside by an entry of its `routes` (host, pathPrefix)'
  },
  WATT_TARGET_INVALID: {
    status: 400,
    message: (target: string) => `the request target ${quoted(target)} is neither a path nor an http URL`,
    hint: 'send a path that begins with `/`, percent-encoded where it is not plain ASCII (RFC 9112 §3.2)'
  },
  WATT_PATH_NOT_NORMAL: {
    status: 400,
    message: (path: string, why: string) => `the path ${quoted(path)} has ${why}`,
    hint: 'resolve `.` and `..` before sending, and encode neither control characters nor backslashes (RFC 3986 §6.2.2)'
  },
  WATT_HOST_INVALID: {
    status: 400,
    message: (hosts: string) => `the request needs one valid Host field, and has ${quoted(hosts)}`,
    hint: 'send exactly one Host: a name or an address, and a port if it is not 80 (RFC 9112 §3.2)'
  },
  WATT_REQUEST_MALFORMED: {
    status: 400,
    message: (why: string) => `the request is no valid HTTP/1.1: ${why}`,
    hint: 'see RFC 9112; a proxy in front may have changed the request'
  },
  WATT_CODING_UNKNOWN: {
    status: 501,
    message: (coding: string) => `the transfer coding ${quoted(coding)} is not known here`,
    hint: 'send the body with `Transfer-Encoding: chunked` alone; compression is a Content-Encoding (RFC 9112 §6.1)'
  },
  WATT_HEADERS_TOO_LARGE: {
    status: 431,
    message: (limitBytes: number) => `the request's head is longer than ${limitBytes} bytes`,
    hint: 'send fewer or shorter fields; cookies are the usual cause'
  },
  WATT_REQUEST_TIMEOUT: {
    status: 408,
    message: () => 'the request did not arrive in time',
    hint: 'send the head within 30 s and the whole request within 5 minutes'
  },
  WATT_RESPONSE_TIMEOUT: {
    status: 504,
    message: (service: string, limitMs: number) => `service "${service}" did not begin to answer within ${limitMs} ms`,
    hint: 'look at what the service waits for; `gateway.timeouts.backendRequest` sets how long it may take'
  },
  WATT_METHOD_REFUSED: {
    status: 405,
    message: (method: string) => `the gateway takes no ${method} requests`,
    hint: 'it is no forward proxy: send the request for a path'
  },
  WATT_RESPONSE_INVALID: {
    status: 502,
    message: (service: string, why: string) => `service "${service}" answered something that HTTP cannot carry: ${why}`,
    hint: 'look at the fields that the service sets on its response'
  },
  WATT_DRAINING: {
    status: 503,
    message: () => 'this pod is shutting down',
    hint: 'connect again: another pod takes over'
  },
  WATT_PORT_TAKEN: {
    status: 500,
    message: (host: string, port: number) => `port ${port} on ${host} is in use`,
    hint: 'stop the program that has it, or choose another port (--port or PORT for `wattapp run`)'
  },
  WATT_LISTEN_FAILED: {
    status: 500,
    message: (host: string, port: number, why: string) => `the gateway cannot listen on ${host}:${port}: ${why}`,
    hint: 'ports below 1024 need a privilege that pods do not have'
  },
  WATT_GATEWAY_FAILED: {
    status: 500,
    message: (why: string) => `the gateway failed: ${why}`,
    hint: 'this is a fault of ours: report it with the log around it'
  }
})
