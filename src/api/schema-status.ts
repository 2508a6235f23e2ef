// The status subresource, as values: bounded and slow-changing; live figures are the admin API's and the metrics'.
import { field } from './field.ts'

const condition = field({
  type: 'object',
  description: 'As metav1.Condition.',
  fields: {
    type: { type: 'string', required: true, maxLength: 316, description: 'Accepted, Progressing, Ready or Degraded.' },
    status: { type: 'string', required: true, enum: ['True', 'False', 'Unknown'], maxLength: 8, description: 'True, False or Unknown.' },
    observedGeneration: { type: 'integer', format: 'int64', minimum: 0, description: 'metadata.generation that the condition speaks of.' },
    lastTransitionTime: { type: 'string', required: true, format: 'date-time', maxLength: 64, description: 'When status last changed.' },
    reason: { type: 'string', required: true, maxLength: 1024, description: 'One word for programs.' },
    message: { type: 'string', required: true, maxLength: 32_768, description: 'A sentence for people.' }
  }
})

const serviceStatus = field({
  type: 'object',
  description: 'One service, summed over the pods.',
  fields: {
    name: { type: 'string', required: true, maxLength: 63, description: 'Name of the service.' },
    ready: { type: 'integer', required: true, description: 'Ready workers.' },
    workers: { type: 'integer', required: true, description: 'Workers asked for.' },
    restarts: { type: 'integer', required: true, format: 'int64', description: 'Restarts of workers in the pods that are there now.' },
    message: { type: 'string', required: true, maxLength: 2048, description: 'What is wrong, for people; empty while all is well.' }
  }
})

export const status = field({
  type: 'object',
  description: 'What the app is. Written by the operator.',
  fields: {
    observedGeneration: { type: 'integer', format: 'int64', description: 'metadata.generation that the status speaks of.' },
    replicas: { type: 'integer', description: 'Pods there are.' },
    readyReplicas: { type: 'integer', description: 'Pods that are ready.' },
    selector: { type: 'string', maxLength: 512, description: 'Label selector of the pods, for the scale subresource.' },
    servicesReady: { type: 'string', maxLength: 32, description: 'Services with a ready worker, of all: 6/6.' },
    revision: { type: 'string', maxLength: 128, description: 'Rendered pod template in force, by its hash.' },
    url: { type: 'string', maxLength: 512, description: 'Address of the app inside the cluster.' },
    conditions: { type: 'list', maxItems: 16, keys: ['type'], description: 'Accepted, Progressing, Ready, Degraded.', items: condition },
    services: { type: 'list', maxItems: 32, keys: ['name'], description: 'One entry a service.', items: serviceStatus }
  }
})
