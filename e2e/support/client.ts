// A pod beside the app that makes requests as any other client in the cluster would: through the Service's name.
import { readFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { apply, kubectl } from './kubectl.ts'
import { images } from './images.ts'
import { until } from './wait.ts'

const pod = (namespace: string): string => JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'client', namespace },
  spec: {
    terminationGracePeriodSeconds: 1,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{
      name: 'client',
      image: images.runtime,
      imagePullPolicy: 'IfNotPresent',
      command: ['node', '-e', 'setInterval(() => {}, 1e6)'],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
    }]
  }
})

/** Starts the client pod of a namespace, once. */
export async function startClient (namespace: string): Promise<void> {
  await apply(pod(namespace), namespace)
  await kubectl(['wait', '-n', namespace, 'pod/client', '--for=condition=Ready', '--timeout=90s'])
}

/** Runs an ES module of Node in the client pod; its standard output. */
export function inClient (namespace: string, source: string): Promise<string> {
  return kubectl(['exec', '-i', '-n', namespace, 'client', '--', 'node', '--input-type=module', '-'], source)
}

export interface Answer { status: number, headers: Record<string, string>, body: string }

/** One request from the client pod. */
export async function request (namespace: string, url: string, init: { method?: string, headers?: Record<string, string>, body?: string } = {}): Promise<Answer> {
  return JSON.parse(await inClient(namespace, `
    const answer = await fetch(${JSON.stringify(url)}, ${JSON.stringify(init)})
    console.log(JSON.stringify({ status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }))`))
}

/** The first answer: each node hears of a Service's new endpoints a moment after the pod is ready. */
export function untilReached (namespace: string, url: string): Promise<Answer> {
  return until(`an answer of ${url}`, () => request(namespace, url))
}

export interface Load {
  /** Ends the load once at least 500 requests were sent; what failed, none when all went well. */
  stop: () => Promise<string[]>
}

/** Constant load (new and kept-alive connections in turn) until stopped, at most five minutes. */
export async function startLoad (namespace: string, url: string, perSecond = 100): Promise<Load> {
  const source = readFileSync(new URL('../client/load.mjs', import.meta.url), 'utf8')
  const child = spawn('kubectl', ['exec', '-i', '-n', namespace, 'client', '--', 'node', '--input-type=module', '-e', source, url, String(perSecond)], { stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  const started = Promise.withResolvers<void>()
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (output.includes('started\n')) started.resolve()
  })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  await Promise.race([started.promise, ended.then(() => { throw new Error(`the load ended before it began: ${output}`) })])
  return {
    async stop () {
      child.stdin.end('stop\n')
      await ended
      return JSON.parse(output.split('\n').findLast((line) => line.startsWith('[')) ?? '["no report"]')
    }
  }
}
