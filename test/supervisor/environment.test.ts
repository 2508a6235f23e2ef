// Whose variables reach whom.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containerEnvironment, laptopEnvironment, workerEnvironment } from '../../src/supervisor/environment.ts'

type Row = [Record<string, string>, Record<string, string>]

const container: Record<string, Row> = {
  'a service is in production unless the image says otherwise': [{}, { NODE_ENV: 'production' }],
  'NODE_ENV is the image\'s': [{ NODE_ENV: 'development' }, { NODE_ENV: 'development' }],
  'what the image and the kubelet put there reaches every service': [
    { PATH: '/bin', API_BASE: 'https://example.com', HOSTNAME: 'shop-1', POD_NAME: 'shop-1', KUBERNETES_SERVICE_HOST: '10.0.0.1' },
    { NODE_ENV: 'production', PATH: '/bin', API_BASE: 'https://example.com', HOSTNAME: 'shop-1', POD_NAME: 'shop-1', KUBERNETES_SERVICE_HOST: '10.0.0.1' }
  ],
  'what steers node, the loader or the supervisor does not': [
    { NODE_OPTIONS: '--require /tmp/x.js', LD_PRELOAD: '/tmp/x.so', WATTAPP_CONFIG: '/etc/x', UV_THREADPOOL_SIZE: '1' },
    { NODE_ENV: 'production' }
  ]
}
for (const [name, [has, expected]] of Object.entries(container)) test(name, () => assert.deepEqual(containerEnvironment(has), expected))

const laptop: Record<string, Row> = {
  'the place and language of a laptop pass': [
    { PATH: '/bin', HOME: '/home/me', LANG: 'C.UTF-8', LC_ALL: 'C', TMPDIR: '/tmp' },
    { NODE_ENV: 'production', PATH: '/bin', HOME: '/home/me', LANG: 'C.UTF-8', LC_ALL: 'C', TMPDIR: '/tmp' }
  ],
  'what its user keeps in the shell does not': [
    { DATABASE_URL: 'postgres://x', AWS_SECRET_ACCESS_KEY: 'x', NODE_OPTIONS: '--inspect', WATTAPP_CONFIG: '/etc/x' },
    { NODE_ENV: 'production' }
  ]
}
for (const [name, [has, expected]] of Object.entries(laptop)) test(name, () => assert.deepEqual(laptopEnvironment(has), expected))

const worker: Record<string, [Parameters<typeof workerEnvironment>, Record<string, string>]> = {
  'a service that names no port is told one': [[[{ env: {} }], {}, {}], { PORT: '3000' }],
  'a service is told its own port, not the pod\'s': [[[{ env: {}, port: 4000 }], { PORT: '8080' }, {}], { PORT: '4000' }],
  'a literal PORT is the service\'s own wish': [[[{ env: { PORT: '5000' }, port: 4000 }], {}, {}], { PORT: '5000' }],
  'literals and files win over the pod': [[[{ env: { A: 'own', B: 'own' } }], { A: 'pod', C: 'pod' }, { D: 'file' }], { PORT: '3000', A: 'own', B: 'own', C: 'pod', D: 'file' }],
  'services that share a thread see the variables of all': [[[{ env: { A: 'one' } }, { env: { B: 'two' }, port: 4000 }], {}, {}], { PORT: '4000', A: 'one', B: 'two' }]
}
for (const [name, [args, expected]] of Object.entries(worker)) test(name, () => assert.deepEqual(workerEnvironment(...args), expected))
