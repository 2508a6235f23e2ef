// The address of the app inside the cluster: port 80 to the gateways of its pods.
import type { WattApp } from '../../api/wattapp.ts'
import { childMetadata, selectorLabels } from './metadata.ts'
import type { Service } from './objects.ts'

export function renderService (app: WattApp): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: childMetadata(app, app.metadata.name),
    spec: {
      type: 'ClusterIP',
      selector: selectorLabels(app),
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' }]
    }
  }
}

export function serviceUrl ({ metadata }: WattApp): string {
  return `http://${metadata.name}.${metadata.namespace ?? 'default'}.svc`
}
