// What can go wrong between two services, as a person will read it. docs/errors.md is held to this table.
import { errorTable } from '../base/error.ts'

const seeStatus = 'run `wattapp status` for the reason'

export const errors = errorTable({
  WATT_SERVICE_UNKNOWN: {
    status: 502,
    message: (service: string) => `no service is named "${service}"`,
    hint: 'the name is an entry of spec.services; it may have been removed'
  },
  WATT_SERVICE_AWAY: {
    status: 503,
    message: (service: string, heldMs: number) => `service "${service}" had no ready worker for ${heldMs} ms`,
    hint: `${seeStatus}; a service that starts slowly can be ordered by dependsOn`
  },
  WATT_SERVICE_CRASH_LOOP: {
    status: 503,
    message: (service: string) => `service "${service}" crashes at every start`,
    hint: `${seeStatus}, and \`wattapp logs\` for its last words`
  },
  WATT_HOLD_FULL: {
    status: 503,
    message: (service: string, limit: number) => `${limit} requests already wait for a worker of service "${service}"`,
    hint: `${seeStatus}; add workers if it is only slow`
  },
  WATT_WORKER_LOST: {
    status: 503,
    message: (service: string) => `a worker of service "${service}" ended while it answered a request that must not be sent twice`,
    hint: 'the request may have taken effect: check before sending it again'
  },
  WATT_WORKER_LOST_TWICE: {
    status: 502,
    message: (service: string) => `two workers of service "${service}" ended while they answered the same request`,
    hint: 'the request itself may be what ends them: see `wattapp logs`'
  },
  WATT_RESPONSE_CUT: {
    status: 502,
    message: (service: string) => `service "${service}" cut its response`,
    hint: 'the service destroyed the response or its worker ended: see `wattapp logs`'
  },
  WATT_MESH_CLOSED: {
    status: 503,
    message: (service: string) => `the request to service "${service}" was not sent: this thread has left the mesh`,
    hint: 'the caller is shutting down; send it again to another worker'
  },
  WATT_MESH_TLS: {
    status: 502,
    message: (host: string) => `"${host}" is reached inside the process and speaks no TLS`,
    hint: 'write http:// (or ws://) instead of https:// (or wss://)'
  },
  WATT_FRAME_UNKNOWN: {
    status: 500,
    message: (kind: string) => `a thread sent a frame of unknown kind ${kind}`,
    hint: 'all threads of a pod run one version of wattapp; report this'
  },
  WATT_RESPONSE_GARBLED: {
    status: 502,
    message: (what: string) => `the service wrote something to its socket that is no HTTP/1.1 response: ${what}`,
    hint: 'write a status line, header lines and an empty line'
  },
  WATT_HTTP2_SERVER: {
    status: 500,
    message: (service: string) => `service "${service}" starts an http2 server, which the mesh cannot carry`,
    hint: 'use node:http; clients still get HTTP/2 where the ingress speaks it'
  },
  WATT_CLUSTER_FORK: {
    status: 500,
    message: (service: string) => `service "${service}" calls cluster.fork()`,
    hint: 'remove it and set `workers` of the service: the supervisor starts that many'
  },
  WATT_SERVER_AMBIGUOUS: {
    status: 500,
    message: (service: string, ports: string) => `service "${service}" listens with several HTTP servers (ports ${ports}) and none is on PORT`,
    hint: 'listen on process.env.PORT with the one to be reached, or name its port in the service\'s `port`'
  }
})
