// One entry of spec.services, as values: fields, descriptions, defaults, bounds, rules.
import { field } from './field.ts'
import { bytesField, durationField, forms, optionalDurationField, text } from './notation.ts'
import {
  backoffInitialAboveMax, dependsOnItself, envOneSource, envReserved, envValueOrSource, serviceNameReserved, recycleEmpty, threadAndProcess, threadReserved, workersMinAboveMax
} from './service-rules.ts'

const keyReference = (kind: 'Secret' | 'ConfigMap') => field({
  type: 'object',
  description: `A key of a ${kind} in the app's namespace. It is mounted as a file and reaches this service's process.env alone.`,
  fields: {
    name: text(forms.dnsName, 253, `metadata.name of the ${kind}.`, { required: true }),
    key: text(forms.key, 253, `Key in the ${kind}'s data.`, { required: true }),
    optional: { type: 'boolean', description: `Start without the variable when the ${kind} or the key does not exist. Default: the pod waits for it.` }
  }
})

const variable = field({
  type: 'object',
  description: 'One environment variable.',
  rules: [envValueOrSource],
  fields: {
    name: text(forms.envName, 128, 'Name of the variable. What acts on the whole process (NODE_OPTIONS, LD_*, TZ, UV_THREADPOOL_SIZE, …), PORT (given by the supervisor) and WATTAPP_* are refused.', { required: true, rules: [envReserved] }),
    value: text(forms.text, 16_384, 'The value, as a string: write "8080" in quotes. Nothing in it is expanded.', {}),
    valueFrom: {
      type: 'object',
      description: 'Where the value comes from, instead of `value`.',
      rules: [envOneSource],
      fields: { secretKeyRef: keyReference('Secret'), configMapKeyRef: keyReference('ConfigMap') }
    }
  }
})

const route = field({
  type: 'object',
  description: 'Requests from outside whose host and path match go to this service; the longest pathPrefix wins.',
  fields: {
    host: text(forms.host, 253, 'Host of the request: `*` (every host), an exact name, or *.example.com, as Gateway API hostnames.', { default: '*' }),
    pathPrefix: text(forms.urlPath, 256, 'Matches whole path segments: /api matches /api and /api/orders, not /apis.', { default: '/' }),
    rewrite: text(forms.urlPath, 256, 'Replaces the matched prefix: with pathPrefix /api/products and rewrite / the service sees /7 for /api/products/7. Default: the path is passed as it came.', {})
  }
})

const workers = field({
  type: 'object',
  description: 'How many workers run this service in each pod.',
  default: {},
  rules: [workersMinAboveMax],
  fields: {
    min: { type: 'integer', default: 1, minimum: 1, maximum: 64, description: 'Least number of workers, and the number at the start.' },
    max: { type: 'integer', minimum: 1, maximum: 64, description: 'Most workers. Between min and max their number follows event loop utilization. Defaults to min.' }
  }
})

const restart = field({
  type: 'object',
  description: 'How a worker that ended comes back: one-for-one, as in Erlang/OTP.',
  default: {},
  fields: {
    backoff: {
      type: 'object',
      description: 'Delay before a worker is started again; it doubles from initial to max.',
      default: {},
      rules: [backoffInitialAboveMax],
      fields: {
        initial: durationField('Delay after the first exit.', '100ms', '1ms', '1h'),
        max: durationField('Longest delay; a service in a crash loop is tried again so often.', '30s', '1ms', '1h')
      }
    },
    limit: { type: 'integer', default: 5, minimum: 0, maximum: 1000, description: 'More exits than this within `window` are a crash loop: callers get 503 at once, and the app is Degraded.' },
    window: durationField('Time within which exits are counted.', '60s', '1s', '24h')
  }
})

const health = field({
  type: 'object',
  description: 'How a worker that runs but no longer works is found.',
  default: {},
  fields: {
    path: text(forms.healthPath, 256, 'Asked of each worker with GET; an answer from 200 to 399 is healthy. Absent: nothing is asked.', {}),
    interval: durationField('Time between two questions.', '10s', '100ms', '1h'),
    timeout: durationField('How long an answer may take.', '2s', '10ms', '5m'),
    failureThreshold: { type: 'integer', default: 3, minimum: 1, maximum: 100, description: 'So many failures in a row, and the worker is replaced.' },
    blockedTimeout: durationField('A worker whose event loop has not turned for this long is replaced. Seen from outside: it needs no path.', '10s', '100ms', '1h')
  }
})

const recycle = field({
  type: 'object',
  description: 'Replace workers one after the other, against leaks; no request is lost. Absent: off.',
  rules: [recycleEmpty],
  fields: {
    maxAge: optionalDurationField('A worker older than this is replaced; the moments are spread.', '1s', '8760h'),
    maxRequests: { type: 'integer', minimum: 1, description: 'A worker that has begun to answer so many requests is replaced.' }
  }
})

export const service = field({
  type: 'object',
  description: 'One service: unit of code, routing, limits and status.',
  rules: [dependsOnItself, threadAndProcess],
  fields: {
    name: text(forms.dnsLabel, 40, 'Other services reach it as http://NAME.internal. Unique in the app.', { required: true, rules: [serviceNameReserved] }),
    path: text(forms.relativePath, 512, "Folder or file of the service, relative to the app's root; with source.configMap a file name (a key of the ConfigMap).", { required: true }),
    runtime: {
      type: 'string',
      enum: ['node', 'fastify', 'express', 'koa', 'fetch', 'nest', 'next', 'astro', 'react-router', 'remix', 'vite', 'static'],
      maxLength: 16,
      description: 'How the code is served: node (an http.Server, or a program that listens), fastify, express, koa, fetch (a fetch handler, Hono), nest (what `nest build` made), next (what `next build` made; its own server in development), astro (what `astro build` made; its own server in development), react-router and remix (what `react-router build` or `remix vite:build` made, in framework mode; their own servers in development), vite (a built Vite app, its own server in development), static (files). Default: found from package.json and what the module exports.'
    },
    entry: text(forms.relativePath, 512, 'File inside path to load, instead of what package.json or index.* says.', {}),
    args: { type: 'list', maxItems: 32, description: "Arguments of the service's process.argv, after the entry.", items: text(forms.line, 1024, 'One argument.', {}) },
    port: { type: 'integer', minimum: 1, maximum: 65_535, description: 'Which of several HTTP servers of a program joins the mesh: the one that listens on this port. No port is opened.' },
    routes: { type: 'list', maxItems: 16, keys: ['host', 'pathPrefix'], description: 'What reaches the service from outside. Without routes only other services of the app can call it.', items: route },
    workers,
    memory: bytesField('What one worker may hold: heap plus Buffers of a thread, resident memory of a process. A worker above it is ended and restarted.', '16Mi', { default: '192Mi' }),
    env: { type: 'list', maxItems: 64, keys: ['name'], description: 'Environment variables of this service alone.', items: variable },
    dependsOn: {
      type: 'list',
      maxItems: 32,
      unique: true,
      description: 'Services that must be ready once before this one starts. No cycles.',
      items: text(forms.dnsLabel, 40, 'Name of another service of the app.', {})
    },
    required: { type: 'boolean', description: 'The pod is not ready before this service has had a ready worker. Default: true for services with routes.' },
    health,
    restart,
    recycle,
    drainTimeout: durationField('On a stop, how long requests in flight may take to finish.', '25s', '0s', '1h'),
    startTimeout: durationField('How long a worker may take to become ready.', '60s', '1s', '1h'),
    isolation: {
      type: 'string',
      enum: ['thread', 'process'],
      maxLength: 16,
      default: 'thread',
      description: 'What a worker is: thread, of the pod\'s one process; process, a child process in the same container, for native addons that bear no threads and for code that may crash.'
    },
    thread: text(forms.dnsLabel, 40, 'Services with the same thread share each worker: one heap, event loop, process.env, exit and memory ceiling. Calls between them stay in the thread. Their workers, memory, restart, recycle and args must be equal.', { rules: [threadReserved] })
  }
})
