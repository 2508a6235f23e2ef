// spec.podTemplate, as values: what of a pod a person may say. hostPath, host namespaces and privilege have no field.
import { field, type Rule } from './field.ts'
import { bytesField, forms, text } from './notation.ts'
import {
  annotationReserved, keyMalformed, labelReserved, mountOfUnknownVolume, mountReserved, requestAboveLimit, tolerationInvalid, volumeNameReserved, volumeOneKind
} from './pod-template-rules.ts'

const labelMap = (description: string, rules: readonly Rule[]) => field({
  type: 'map', maxProperties: 32, description, rules, values: text(forms.labelValue, 63, 'Value of the label.', {})
})

const amounts = (description: string) => field({
  type: 'object',
  description,
  fields: {
    cpu: text(forms.cpu, 16, 'CPU time: cores such as "2", or thousandths of one such as 500m.', {}),
    memory: bytesField('Memory.', '1Mi', {}),
    'ephemeral-storage': bytesField('Disk that goes with the pod: logs, /tmp, the writable layer.', '1Mi', {})
  }
})

const keyItems = field({
  type: 'list',
  maxItems: 64,
  description: 'Only these keys, under these file names. Default: every key under its own name.',
  items: {
    type: 'object',
    description: 'One key.',
    fields: {
      key: text(forms.key, 253, 'Key in the data.', { required: true }),
      path: text(forms.relativePath, 253, 'File in the volume.', { required: true })
    }
  }
})

const optional = (kind: string) => field({ type: 'boolean', description: `Start with an empty volume when the ${kind} does not exist.` })

const volume = field({
  type: 'object',
  description: 'One volume, of exactly one kind.',
  rules: [volumeOneKind],
  fields: {
    name: text(forms.dnsLabel, 63, 'What volumeMounts call it.', { required: true, rules: [volumeNameReserved] }),
    emptyDir: {
      type: 'object',
      description: 'A folder that lives as long as the pod.',
      fields: {
        medium: { type: 'string', enum: ['', 'Memory'], maxLength: 16, description: "Memory: in RAM, counted against the pod's memory limit." },
        sizeLimit: bytesField('The pod is evicted when it holds more.', '1Ki', {})
      }
    },
    persistentVolumeClaim: {
      type: 'object',
      description: "A PersistentVolumeClaim of the app's namespace.",
      fields: {
        claimName: text(forms.dnsName, 253, 'metadata.name of the claim.', { required: true }),
        readOnly: { type: 'boolean', description: 'Mount it for reading only.' }
      }
    },
    configMap: {
      type: 'object',
      description: "A ConfigMap of the app's namespace, one file a key.",
      fields: { name: text(forms.dnsName, 253, 'metadata.name of the ConfigMap.', { required: true }), items: keyItems, optional: optional('ConfigMap') }
    },
    secret: {
      type: 'object',
      description: "A Secret of the app's namespace, one file a key. Every service of the pod can read it.",
      fields: { secretName: text(forms.dnsName, 253, 'metadata.name of the Secret.', { required: true }), items: keyItems, optional: optional('Secret') }
    }
  }
})

const toleration = field({
  type: 'object',
  description: 'As in core/v1.',
  rules: [tolerationInvalid],
  fields: {
    key: { type: 'string', maxLength: 317, description: 'Key of the taint. Absent, with operator Exists: every key.' },
    operator: { type: 'string', enum: ['Exists', 'Equal'], maxLength: 16, default: 'Equal', description: 'How key and value are compared with the taint.' },
    value: text(forms.labelValue, 63, 'Value of the taint.', {}),
    effect: { type: 'string', enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'], maxLength: 32, description: 'Effect of the taint. Absent: every effect.' },
    tolerationSeconds: { type: 'integer', format: 'int64', minimum: 0, description: 'With NoExecute: how long the pod stays.' }
  }
})

export const podTemplate = field({
  type: 'object',
  description: 'What the pod gets beside what the operator renders. The pod always meets the restricted Pod Security Standard.',
  rules: [mountOfUnknownVolume],
  fields: {
    metadata: {
      type: 'object',
      description: 'Labels and annotations of the pods.',
      fields: {
        labels: labelMap('Labels beside those of the operator.', [keyMalformed, labelReserved]),
        annotations: {
          type: 'map',
          maxProperties: 32,
          description: 'Annotations beside those of the operator.',
          rules: [keyMalformed, annotationReserved],
          values: text(forms.text, 4096, 'Value of the annotation.', {})
        }
      }
    },
    resources: {
      type: 'object',
      description: 'What the container asks for and may use. Default: requests planned from the services, and no limits.',
      rules: [requestAboveLimit],
      fields: { requests: amounts('What the scheduler sets aside.'), limits: amounts('What the container may not exceed.') }
    },
    imagePullSecrets: {
      type: 'list',
      maxItems: 8,
      keys: ['name'],
      description: 'Secrets with which the kubelet pulls the image.',
      items: { type: 'object', description: 'One Secret.', fields: { name: text(forms.dnsName, 253, 'metadata.name of the Secret.', { required: true }) } }
    },
    nodeSelector: labelMap('Labels that a node must have.', [keyMalformed]),
    tolerations: { type: 'list', maxItems: 16, description: "Nodes' taints that the pods bear.", items: toleration },
    volumes: { type: 'list', maxItems: 16, keys: ['name'], description: 'Volumes of the pods. There is no hostPath.', items: volume },
    volumeMounts: {
      type: 'list',
      maxItems: 16,
      keys: ['mountPath'],
      description: 'Where the container sees its volumes. All services of the pod see them.',
      items: {
        type: 'object',
        description: 'One mount.',
        fields: {
          name: text(forms.dnsLabel, 63, 'One of volumes.', { required: true }),
          mountPath: text(forms.absolutePath, 512, "Where, such as /data. Not over the system's or the supervisor's own files.", { required: true, rules: [mountReserved] }),
          subPath: text(forms.relativePath, 512, 'Folder or file in the volume to mount, instead of its root.', {}),
          readOnly: { type: 'boolean', description: 'Mount it for reading only.' }
        }
      }
    },
    serviceAccountName: text(forms.dnsName, 253, 'An existing ServiceAccount. Default: one made for the app. Its token is not mounted.', {})
  }
})
