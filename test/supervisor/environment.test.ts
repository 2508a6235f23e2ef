// Whose variables reach whom.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { baseEnvironment, serviceEnvironment } from '../../src/supervisor/environment.ts'

const base: Record<string, [Record<string, string>, Record<string, string>]> = {
  'a service is in production unless the pod says otherwise': [{}, { NODE_ENV: 'production' }],
  'NODE_ENV is the pod\'s': [{ NODE_ENV: 'development' }, { NODE_ENV: 'development' }],
  'the place and language of the pod pass': [
    { PATH: '/bin', HOME: '/home/app', LANG: 'C.UTF-8', LC_ALL: 'C', HOSTNAME: 'shop-1', POD_NAME: 'shop-1', KUBERNETES_SERVICE_HOST: '10.0.0.1' },
    { NODE_ENV: 'production', PATH: '/bin', HOME: '/home/app', LANG: 'C.UTF-8', LC_ALL: 'C', HOSTNAME: 'shop-1', POD_NAME: 'shop-1', KUBERNETES_SERVICE_HOST: '10.0.0.1' }
  ],
  'what steers node, the loader or the supervisor does not': [
    { NODE_OPTIONS: '--require /tmp/x.js', LD_PRELOAD: '/tmp/x.so', WATTAPP_CONFIG: '/etc/x', DATABASE_URL: 'postgres://x', UV_THREADPOOL_SIZE: '1' },
    { NODE_ENV: 'production' }
  ]
}
for (const [name, [pod, expected]] of Object.entries(base)) test(name, () => assert.deepEqual(baseEnvironment(pod), expected))

const service: Record<string, [Parameters<typeof serviceEnvironment>, Record<string, string>]> = {
  'a service that names no port is told one': [[{ env: {} }, {}, {}], { PORT: '3000' }],
  'a service is told its own port, not the pod\'s': [[{ env: {}, port: 4000 }, { PORT: '8080' }, {}], { PORT: '4000' }],
  'a literal PORT is the service\'s own wish': [[{ env: { PORT: '5000' }, port: 4000 }, {}, {}], { PORT: '5000' }],
  'literals and files win over the pod': [[{ env: { A: 'own', B: 'own' } }, { A: 'pod', C: 'pod' }, { D: 'file' }], { PORT: '3000', A: 'own', B: 'own', C: 'pod', D: 'file' }]
}
for (const [name, [args, expected]] of Object.entries(service)) test(name, () => assert.deepEqual(serviceEnvironment(...args), expected))
