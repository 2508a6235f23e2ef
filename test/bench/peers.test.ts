import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { validate } from '../../src/api/validate.ts'
import { rowIds } from '../../bench/row.ts'
import { families } from '../../bench/rows/index.ts'
import { manifestOf, sixServices } from '../../bench/sides/manifest.ts'
import { nginxConfig } from '../../bench/sides/nginx-config.ts'

const main = join(import.meta.dirname, '../../bench/main.ts')

test('each row of the table is there once, in one family', () => {
  assert.deepEqual(families.flatMap(({ rows }) => rows.map(({ id }) => id)).toSorted(), [...rowIds].toSorted())
})

test('the aim of a row is at least its bar', () => {
  const wrong = families.flatMap(({ rows }) => rows).filter(({ better, bar, aim }) => better === 'higher' ? aim < bar : aim > bar)
  assert.deepEqual(wrong.map(({ id }) => id), [])
})

test('the rows are listed with their bars', () => {
  const { stdout, status } = spawnSync(process.execPath, [main, '--list'], { encoding: 'utf8' })
  assert.equal(status, 0)
  assert.deepEqual(stdout.trim().split('\n').map((line) => line.split(' ', 1)[0]).toSorted(), [...rowIds].toSorted())
  assert.match(stdout, /^gateway-raw +≥ 0.55 /m)
})

test('a wrong command line measures nothing and exits with 2', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, '--only', 'gateway-rwa'], { encoding: 'utf8' })
  assert.equal(status, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /there is no row `gateway-rwa`; the rows are gateway-raw /)
})

test('what is measured is a valid app', () => {
  assert.deepEqual(validate(JSON.parse(manifestOf({ services: sixServices }))), [])
  assert.deepEqual(validate(JSON.parse(manifestOf({ services: sixServices, logsTo: 'http://127.0.0.1:4318' }))), [])
  assert.deepEqual(validate(JSON.parse(manifestOf({ services: sixServices.map((service) => ({ ...service, thread: 'all' })) }))), [])
})

test('nginx has one worker, keeps its connections and writes no access log', () => {
  const config = nginxConfig({ port: 1, folder: '/some/folder', upstreams: { '/s1': 2 } })
  for (const line of ['worker_processes 1;', 'access_log off;', 'listen 127.0.0.1:1;', 'pid /some/folder/nginx.pid;', 'proxy_http_version 1.1;', 'proxy_set_header Connection "";', 'keepalive 64;', 'proxy_pass http://port2/;']) {
    assert.ok(config.includes(line), line)
  }
})
