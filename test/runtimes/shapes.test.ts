// Every shape in which a service may come answers a request over the mesh.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ServiceThread } from './service-thread.ts'

interface Row { path: string, says: string, runtime: string }

const rows: Record<string, Row> = {
  'create may give an http.Server': { path: 'create-server.mjs', says: 'create gave a server', runtime: 'node' },
  'build may give a Fastify instance': { path: 'build-fastify.mjs', says: 'build gave a fastify', runtime: 'fastify' },
  'the default export may be a Fastify instance': { path: 'default-fastify.mjs', says: 'default is a fastify', runtime: 'fastify' },
  'the default export may be a function that makes a server': { path: 'default-factory.mjs', says: 'default gave a server', runtime: 'node' },
  'the default export may be an http.Server': { path: 'default-server.mjs', says: 'default is a server', runtime: 'node' },
  'the default export may be an Express app': { path: 'default-express.mjs', says: 'default is an express', runtime: 'express' },
  'module.exports may be an Express app': { path: 'exports-express.cjs', says: 'module.exports is an express', runtime: 'express' },
  'the default export may be a Koa app': { path: 'default-koa.mjs', says: 'default is a koa', runtime: 'koa' },
  'the default export may be a Hono app': { path: 'default-hono.mjs', says: 'default is a hono', runtime: 'fetch' },
  'the default export may be an object with a fetch method': { path: 'default-fetch-object.mjs', says: 'default has a fetch', runtime: 'fetch' },
  'the default export may be a fetch handler': { path: 'default-fetch-function.mjs', says: 'default fetches /', runtime: 'fetch' },
  'the module may export fetch': { path: 'named-fetch.mjs', says: 'the module has a fetch', runtime: 'fetch' },
  'the default export may be a listener': { path: 'default-listener.mjs', says: 'default is a listener', runtime: 'node' },
  'module.exports may be a listener': { path: 'exports-listener.cjs', says: 'module.exports is a listener', runtime: 'node' },
  'exports.create of CommonJS is called': { path: 'exports-create.cjs', says: 'exports.create gave a server', runtime: 'node' },
  'the default export of transpiled ESM is found': { path: 'transpiled.cjs', says: 'transpiled default', runtime: 'node' },
  'the default export may be a Fastify plugin': { path: 'default-plugin.mjs', says: 'default is a plugin', runtime: 'fastify' },
  'a program may listen on 3000': { path: 'listens.cjs', says: 'listens', runtime: 'node' },
  'a program may listen on a port of its own': { path: 'listens-elsewhere.mjs', says: 'listens elsewhere', runtime: 'node' },
  'a Fastify program may listen on PORT': { path: 'listens-fastify.mjs', says: 'fastify listens', runtime: 'node' },
  'a program may listen and export its app': { path: 'listens-and-exports.mjs', says: 'listens and exports', runtime: 'node' },
  'a program may listen some time after it was loaded': { path: 'listens-late.mjs', says: 'listens late', runtime: 'node' },
  'a program may ask itself, at the port that it was given': { path: 'asks-itself.mjs', says: 'asks itself', runtime: 'node' },
  'require.main is the module': { path: 'guarded.cjs', says: 'is the main module', runtime: 'node' },
  'import.meta.main holds': { path: 'guarded.mjs', says: 'is the main program', runtime: 'node' },
  'erasable TypeScript runs': { path: 'typed.ts', says: 'typescript', runtime: 'node' },
  'erasable TypeScript runs as CommonJS': { path: 'typed.cts', says: 'commonjs typescript', runtime: 'node' }
}

for (const [name, { path, says, runtime }] of Object.entries(rows)) {
  test(name, async () => {
    await using service = new ServiceThread({ path })
    const ready = await service.heard('ready')
    assert.deepEqual([ready.runtime, ready.hasServer, ready.otherServers], [runtime, true, []])
    const { status, body } = await service.ask('/')
    assert.deepEqual([status, body], [200, says])
  })
}

for (const path of ['clustered.cjs', 'clustered.mjs']) {
  test(`a program that forks runs as the worker that it would fork: ${path}`, async () => {
    await using service = new ServiceThread({ path })
    await service.heard('ready')
    assert.deepEqual((await service.ask('/')).body, 'worker 1, main true')
  })
}

test('a Fastify that is made for a plugin warns of nothing, and logs no request', async () => {
  await using service = new ServiceThread({ path: 'default-plugin.mjs' })
  await service.heard('ready')
  await service.ask('/')
  service.drain()
  await service.exited
  assert.doesNotMatch(service.output, /warning|incoming request/i)
})
