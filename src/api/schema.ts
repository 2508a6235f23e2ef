// The source of truth of the WattApp resource, as values: fields, defaults, bounds and rules. The CRD (crd.ts), the types
// (wattapp.ts), validation (validate.ts) and docs/reference are all made from it.
import { matches } from './cel.ts'
import { field, type Rule } from './field.ts'
import { durationField, forms, text } from './notation.ts'
import { podTemplate } from './schema-pod-template.ts'
import { service } from './schema-service.ts'
import { status } from './schema-status.ts'
import { dependencyUnknown, routeOwnedTwice, threadMemoryDiffers, threadNameTaken, threadWorkersDiffer } from './service-rules.ts'

export const group = 'wattapp.dev'
export const version = 'v1alpha1'
export const apiVersion = `${group}/${version}` as const
export const kind = 'WattApp'

interface Code { image?: string, source?: { configMap?: object }, services: Array<{ path: string }> }

const codeMissing: Rule = {
  reason: 'CodeMissing',
  cel: 'has(self.image) || has(self.source)',
  message: 'the app has no code: neither image nor source',
  remedy: 'write `image: REFERENCE`, or `source: { configMap: { name } }`',
  broken: (self: Code) => self.image === undefined && self.source === undefined ? [{ at: [] }] : []
}

const codeTwice: Rule = {
  reason: 'CodeTwice',
  cel: '!(has(self.image) && has(self.source))',
  message: 'the app has its code twice: in image and in source',
  remedy: 'remove one of image and source',
  broken: (self: Code) => self.image !== undefined && self.source !== undefined ? [{ at: ['source'] }] : []
}

const pathInConfigMap: Rule = {
  reason: 'PathInConfigMap',
  cel: "!has(self.source) || self.services.all(s, !s.path.contains('/'))",
  message: 'a ConfigMap holds files, no folders: the path of a service is one of its keys',
  remedy: 'write the file name alone, such as `path: hello.mjs`',
  broken: (self: Code) => self.source === undefined
    ? []
    : self.services.flatMap(({ path }, index) => path.includes('/') ? [{ at: ['services', index, 'path'] }] : [])
}

const nameInvalid: Rule = {
  reason: 'NameInvalid',
  cel: `self.metadata.name.size() <= 40 && ${matches('self.metadata.name', forms.dns1035.pattern)}`,
  message: 'metadata.name is no DNS-1035 label of at most 40 characters, and Services are named after it',
  remedy: `write ${forms.dns1035.like}`,
  broken: (self: { metadata: { name: string } }) =>
    self.metadata.name.length > 40 || !new RegExp(forms.dns1035.pattern).test(self.metadata.name) ? [{ at: ['metadata', 'name'] }] : []
}

const observability = field({
  type: 'object',
  description: 'Logs and traces. Metrics are always there, on the admin port.',
  default: {},
  fields: {
    logs: {
      type: 'object',
      description: 'One JSON object a line on standard output, whatever a service logs with.',
      default: {},
      fields: {
        level: { type: 'string', enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'], maxLength: 8, default: 'info', description: "Lines below it are dropped, the services' own too; a plain line on standard output counts as info, on standard error as error." },
        access: { type: 'boolean', default: false, description: 'One line for each request from outside: method, path, status, bytes, duration, service, client.' }
      }
    },
    tracing: {
      type: 'object',
      description: 'Send traces by OTLP over HTTP. Absent: no traces leave the pod.',
      fields: {
        endpoint: {
          type: 'string',
          required: true,
          maxLength: 512,
          pattern: '^https?://[A-Za-z0-9._~:/@%\\[\\]-]+$',
          like: 'an OTLP/HTTP base URL such as http://collector.observability:4318',
          description: 'OTLP/HTTP base URL; /v1/traces is appended.'
        },
        // A string, not a number: Kubernetes keeps floats out of APIs (they do not survive every client), and a whole percent
        // could not say 0.1 %, which a busy app needs. OpenTelemetry's own sampler argument is such a string too.
        samplingRatio: {
          type: 'string',
          default: '1',
          maxLength: 8,
          pattern: '^(0(\\.[0-9]{1,6})?|1(\\.0{1,6})?)$',
          like: 'a number from 0 to 1 in quotes, such as "0.1"',
          description: 'Share of the traces begun here that are sampled, "0" to "1", in quotes. What a caller sampled is always followed.'
        }
      }
    }
  }
})

const gateway = field({
  type: 'object',
  description: "The pod's one public listener.",
  default: {},
  fields: {
    threads: { type: 'integer', default: 1, minimum: 1, maximum: 16, description: 'Threads that accept connections, on one port. With two, one that crashes leaves the other.' },
    trustedProxies: {
      type: 'list',
      maxItems: 32,
      unique: true,
      description: 'Addresses and CIDR blocks of the proxies in front. What they say in Forwarded and X-Forwarded-* is kept and added to; what anybody else says there is replaced.',
      items: text(forms.cidr, 64, 'One address or block.', {})
    },
    timeouts: {
      type: 'object',
      description: 'Limits on slow services and clients. 0s: no limit.',
      default: {},
      fields: {
        backendRequest: durationField('Until a service begins to answer; then the client gets 504.', '60s', '0s', '24h'),
        idle: durationField('Silence in the middle of a request or response body; then the exchange is cut. Not for WebSockets.', '5m', '0s', '24h')
      }
    }
  }
})

export const spec = field({
  type: 'object',
  description: 'What the app should be.',
  required: true,
  rules: [codeMissing, codeTwice, pathInConfigMap],
  fields: {
    image: text(forms.image, 512, "Image with the app's code, built FROM the runtime image.", {}),
    source: {
      type: 'object',
      description: "Instead of image: the app's code on the stock runtime image.",
      fields: {
        configMap: {
          type: 'object',
          required: true,
          description: "A ConfigMap of the app's namespace; each key is a file.",
          fields: { name: text(forms.dnsName, 253, 'metadata.name of the ConfigMap.', { required: true }) }
        }
      }
    },
    imagePullPolicy: { type: 'string', enum: ['Always', 'IfNotPresent', 'Never'], maxLength: 16, description: 'As in core/v1. Default: Always for the tag latest, else IfNotPresent.' },
    replicas: { type: 'integer', default: 1, minimum: 0, description: 'Number of pods.' },
    drainDelay: durationField('After a stop is asked for: not ready, still accepting requests, for this long.', '5s', '0s', '5m'),
    services: {
      type: 'list',
      required: true,
      minItems: 1,
      maxItems: 32,
      keys: ['name'],
      description: 'The services of the app.',
      rules: [dependencyUnknown, routeOwnedTwice, threadNameTaken, threadWorkersDiffer, threadMemoryDiffers],
      items: service
    },
    gateway,
    observability,
    rollout: {
      type: 'object',
      description: 'How a new revision takes the place of the old.',
      default: {},
      fields: {
        type: {
          type: 'string',
          enum: ['RollingUpdate', 'Recreate'],
          maxLength: 16,
          default: 'RollingUpdate',
          description: 'RollingUpdate: one new pod is made before an old one goes, none is ever missing. Recreate: the old pods go first, for a volume or a database that bears one pod at a time.'
        }
      }
    },
    podTemplate
  }
})

export const wattApp = field({
  type: 'object',
  description: 'A modular monolith: several Node.js services, deployed as one.',
  rules: [nameInvalid],
  fields: { spec, status }
})
