// What an export is taken for: each rule, and which goes first.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { createRequire } from 'node:module'
import { createServer as createNetServer } from 'node:net'
import { test } from 'node:test'
import { runInThisContext } from 'node:vm'
import fastify from 'fastify'
import { Hono } from 'hono'
import { findExported, runtimeOf, shapeOfMade, type Hints } from '../../src/runtimes/exported.ts'

// These two bring no types.
const require = createRequire(import.meta.url)
const express: () => unknown = require('express')
const Koa: new () => unknown = require('koa')

/** Functions are written as source: the types of their parameters are none of their business. */
function fn (source: string): unknown {
  return runInThisContext(`(${source})`)
}

const hints: Hints = { runtime: undefined, dependsOnFastify: false }
const withFastify: Hints = { ...hints, dependsOnFastify: true }

const instances: Record<string, [value: unknown, shape: string]> = {
  'a Fastify instance': [fastify(), 'fastify'],
  'a Koa app': [new Koa(), 'koa'],
  'an Express app': [express(), 'express'],
  'a Hono app': [new Hono(), 'fetch'],
  'an http.Server': [createServer(), 'server'],
  'an https.Server': [createHttpsServer(), 'foreign'],
  'an http2 server': [createHttp2Server(), 'foreign'],
  'a net.Server': [createNetServer(), 'foreign'],
  'an object with a fetch method': [{ fetch: () => {} }, 'fetch']
}

for (const [name, [value, shape]] of Object.entries(instances)) {
  test(`${name} is known as default export, as module.exports, and when made`, () => {
    assert.equal(findExported({ default: value }, hints)?.shape, shape)
    assert.equal(findExported({ default: { __esModule: true, default: value } }, hints)?.shape, shape)
    assert.equal(shapeOfMade(value)?.shape, shape)
  })
}

const functions: Record<string, { source: string, hints?: Hints, shape: string, because: string }> = {
  'no parameters': { source: 'async function () {}', shape: 'factory', because: 'is a function without parameters' },
  'no parameters, fastify at hand': { source: '() => {}', hints: withFastify, shape: 'factory', because: 'is a function without parameters' },
  'options with a default': { source: 'function build (options = {}) {}', hints: withFastify, shape: 'factory', because: 'is a function without parameters' },
  'a name that says so': { source: 'async function buildApp (options) {}', hints: withFastify, shape: 'factory', because: 'is a function whose name says that it builds' },
  'a name that only begins so': { source: 'function building (request) {}', shape: 'fetch', because: 'is a function whose one parameter is named like a request' },
  'the service says fastify': { source: 'async function (a, b) {}', hints: { ...hints, runtime: 'fastify' }, shape: 'plugin', because: 'is a function, and the service says runtime: fastify' },
  'the service says fetch': { source: 'async (a, b) => {}', hints: { ...withFastify, runtime: 'fetch' }, shape: 'fetch', because: 'is a function, and the service says runtime: fetch' },
  'app, opts': { source: 'async function (app, opts) {}', shape: 'plugin', because: 'is a function whose first parameter is named like a Fastify instance' },
  'fastify alone': { source: 'async fastify => {}', shape: 'plugin', because: 'is a function whose first parameter is named like a Fastify instance' },
  'req, res, fastify at hand': { source: '(req, res) => {}', hints: withFastify, shape: 'listener', because: 'is a function whose parameters are named like a request and a response' },
  'an unused request, and a response': { source: 'function handler (_request, response) {}', shape: 'listener', because: 'is a function whose parameters are named like a request and a response' },
  'request alone, fastify at hand': { source: 'async (request) => {}', hints: withFastify, shape: 'fetch', because: 'is a function whose one parameter is named like a request' },
  'a and b, fastify at hand': { source: '(a, b) => {}', hints: withFastify, shape: 'plugin', because: 'is a function, and package.json depends on fastify' },
  'a, b and done, fastify at hand': { source: 'function (a, b, done) {}', hints: withFastify, shape: 'plugin', because: 'is a function, and package.json depends on fastify' },
  'a alone': { source: '(a) => {}', shape: 'fetch', because: 'is a function of one parameter' },
  'taken apart': { source: 'async ({ url }) => {}', shape: 'fetch', because: 'is a function of one parameter' },
  'a and b': { source: 'async function (a, b) {}', shape: 'listener', because: 'is a function of two parameters or more' },
  'a, b and next': { source: '(a, b, next) => {}', shape: 'listener', because: 'is a function of two parameters or more' }
}

for (const [name, { source, hints: given = hints, shape, because }] of Object.entries(functions)) {
  test(`a default function of ${name} is a ${shape}`, () => {
    const found = findExported({ default: fn(source) }, given)
    assert.deepEqual([found?.shape, found?.because], [shape, because])
  })
}

test('a function wrapped by fastify-plugin is a plugin, whatever its parameters', () => {
  const wrapped = Object.assign(() => {}, { [Symbol.for('skip-override')]: true })
  assert.equal(findExported({ default: wrapped }, hints)?.shape, 'plugin')
})

test('create goes before build, and both before the default export', () => {
  const [create, build, app] = [() => {}, () => {}, new Hono()]
  assert.equal(findExported({ default: app, build, create }, hints)?.name, 'create')
  assert.equal(findExported({ default: app, build }, hints)?.name, 'build')
  assert.equal(findExported({ default: { build, create } }, hints)?.value, create)
  assert.equal(findExported({ default: { __esModule: true, default: app, build } }, hints)?.value, build)
})

test('a framework\'s own method named build or create is none of the module\'s', () => {
  const app = Object.assign(new Hono(), { build: () => {} })
  assert.equal(findExported({ default: app }, hints)?.value, app)
})

test('what nobody can serve is nothing', () => {
  for (const value of [undefined, null, 42, 'text', {}, [], class Service {}, { create: 1 }]) {
    assert.equal(findExported({ default: value }, hints), undefined)
  }
  assert.equal(findExported({}, hints), undefined)
})

test('a function that was made is a listener, or a fetch handler by its one parameter', () => {
  assert.deepEqual(['(a, b) => {}', '() => {}', '(a) => {}'].map((source) => shapeOfMade(fn(source))?.shape), ['listener', 'listener', 'fetch'])
  for (const value of [42, {}, 'text']) assert.equal(shapeOfMade(value), undefined)
})

test('a shape proves a runtime only where no other makes it', () => {
  const shapes = ['server', 'foreign', 'fastify', 'plugin', 'koa', 'express', 'fetch', 'listener', 'factory'] as const
  assert.deepEqual(shapes.map(runtimeOf), [undefined, undefined, 'fastify', 'fastify', 'koa', 'express', 'fetch', undefined, undefined])
})
