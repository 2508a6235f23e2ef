// The admin server: what the kubelet, Prometheus, the operator and people read of a pod. It only answers, it never acts.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { http } from '../../base/http.ts'
import type { AppStatus } from '../../api/app-status.ts'
import type { WattError } from '../../base/error.ts'
import { errors } from '../errors.ts'
import { livenessChecks, readinessChecks, startupChecks, type PodState } from '../readiness-state.ts'
import { probeAnswer } from './probes.ts'

export interface AdminSources {
  pod: () => PodState
  status: () => AppStatus
  /** Prometheus text. */
  metrics: () => Promise<{ contentType: string, body: string }>
}

interface Answer { status: number, contentType: string, body: string }

type Page = (query: URLSearchParams) => Answer | Promise<Answer>

/** Connections that nobody should need: a kubelet, a Prometheus, an operator and a person. */
const maxConnections = 256

export function createAdminServer (sources: AdminSources): Server {
  const pages = new Map<string, Page>([
    ['/livez', (query) => text(probeAnswer('livez', livenessChecks(), query.has('verbose')))],
    ['/readyz', (query) => text(probeAnswer('readyz', readinessChecks(sources.pod()), query.has('verbose')))],
    ['/startupz', (query) => text(probeAnswer('startupz', startupChecks(sources.pod()), query.has('verbose')))],
    ['/metrics', async () => ({ status: 200, ...await sources.metrics() })],
    ['/api/v1/status', () => json(200, sources.status())]
  ])

  async function answer (request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A request may be anything at all: `//` is no URL, and must not be our error.
    const [path = '', query = ''] = (request.url ?? '').split('?', 2)
    const page = pages.get(path)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const { status, contentType, body } = page === undefined
      ? failure(errors.WATT_ADMIN_NOT_FOUND([...pages.keys()].join(', ')))
      : isRead ? await page(new URLSearchParams(query)) : failure(errors.WATT_ADMIN_READ_ONLY())
    if (status === 405) response.setHeader('allow', 'GET, HEAD')
    response.writeHead(status, {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff'
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  const server = http.createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    answer(request, response).catch((thrown: unknown) => response.destroy(thrown instanceof Error ? thrown : undefined))
  })
  server.maxConnections = maxConnections
  return server
}

function text ({ status, body }: { status: number, body: string }): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body }
}

function json (status: number, value: object): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` }
}

function failure (error: WattError): Answer {
  return json(error.status, { statusCode: error.status, error: http.STATUS_CODES[error.status], ...error.toJSON() })
}
