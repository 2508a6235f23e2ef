// Fields that people may expect and that are refused, each with what to do instead. A field that is in neither schema.ts nor here
// is refused too, as unknown.

interface Unsupported {
  /** Never: the field would give more than a WattApp may have. Yet: a later version will have it. */
  until: 'never' | 'yet'
  remedy: string
}

const later = (instead: string): Unsupported => ({ until: 'yet', remedy: instead })
const never = (instead: string): Unsupported => ({ until: 'never', remedy: instead })

const containment = never('remove it; the pod always runs non-root, without privilege and capabilities, on a read-only root filesystem')
const ownNamespaces = never('remove it; the pod always has network, process and IPC namespaces of its own')

const byPath: Record<string, Unsupported> = {
  'spec.source.image': later('use `image`, or `source.configMap`'),
  'spec.source.persistentVolumeClaim': later('use `image`; data on a claim is mounted by podTemplate.volumes'),
  'spec.gateway.limits': later('remove it; put policies such as rate limits into an ingress for now'),
  'spec.gateway.cors': later('remove it; put policies such as rate limits into an ingress for now'),
  'spec.gateway.compression': later('remove it; put policies such as rate limits into an ingress for now'),
  'spec.gateway.auth': later('remove it; put policies such as rate limits into an ingress for now'),
  'spec.gateway.rateLimit': later('remove it; put policies such as rate limits into an ingress for now'),
  'spec.gateway.versions': later('remove it; put policies such as rate limits into an ingress for now'),
  'spec.gateway.openapi': later('remove it; put policies such as rate limits into an ingress for now'),
  'spec.gateway.graphql': later('remove it; put policies such as rate limits into an ingress for now'),
  'spec.gateway.headers': later('remove it; put policies such as rate limits into an ingress for now'),
  'spec.gateway.upstreams': later('remove it; put policies such as rate limits into an ingress for now'),
  'spec.events': later('remove it; receive webhooks in a service of your own for now'),
  'spec.autoscaling': later('remove it, and set `replicas`; a HorizontalPodAutoscaler can scale the WattApp by its scale subresource'),
  'spec.expose': later("remove it, and point an Ingress or HTTPRoute of your own at the app's Service, port 80"),
  'spec.network': later('remove it, and write a NetworkPolicy of your own for pods with the label wattapp.dev/app'),
  'spec.observability.audit': later('remove it'),
  'spec.observability.logs.redact': later("remove it; redact in the services' own loggers for now"),
  'spec.rollout.surge': later('remove it; a rolling update makes one pod more and misses none'),
  'spec.rollout.progressDeadline': later('remove it'),
  'spec.rollout.rollback': later('remove it; apply the older manifest to go back'),
  'spec.rollout.canary': later('remove it'),
  'spec.podTemplate.affinity': later('use nodeSelector and tolerations for now'),
  'spec.podTemplate.topologySpreadConstraints': later('remove it; replicas are spread over nodes by default'),
  'spec.podTemplate.priorityClassName': later('remove it'),
  'spec.podTemplate.env': never('give the variable to the service that needs it: services[].env'),
  'spec.podTemplate.containers': never('remove it; the pod has one container. Run a second program as a service, or as an app of its own'),
  'spec.podTemplate.initContainers': later("run the step in the image's build, or in a Job before the rollout"),
  'spec.podTemplate.hostNetwork': ownNamespaces,
  'spec.podTemplate.hostPID': ownNamespaces,
  'spec.podTemplate.hostIPC': ownNamespaces,
  'spec.podTemplate.shareProcessNamespace': ownNamespaces,
  'spec.podTemplate.hostUsers': ownNamespaces,
  'spec.podTemplate.securityContext': containment,
  'spec.podTemplate.privileged': containment,
  'spec.podTemplate.runtimeClassName': later('remove it'),
  'spec.podTemplate.automountServiceAccountToken': never('remove it; the pods hold no Kubernetes credentials. Mount a token of your own making as a Secret where code must talk to the API server'),
  'spec.podTemplate.volumes[].hostPath': never("use emptyDir or persistentVolumeClaim; a WattApp never sees its node's files"),
  'spec.podTemplate.volumes[].projected': later('use secret and configMap volumes'),
  'spec.podTemplate.volumes[].csi': later('use a persistentVolumeClaim of the driver'),
  'spec.podTemplate.volumes[].nfs': later('use a persistentVolumeClaim of an NFS PersistentVolume'),
  'spec.podTemplate.volumes[].ephemeral': later('use a persistentVolumeClaim'),
  'spec.podTemplate.volumes[].downwardAPI': later('remove it; POD_NAME and POD_NAMESPACE are in the environment'),
  'spec.podTemplate.volumes[].image': later('put the files into the image'),
  'spec.podTemplate.volumeMounts[].subPathExpr': never('use subPath'),
  'spec.podTemplate.volumeMounts[].mountPropagation': never('remove it; mounts never reach the node'),
  'spec.services[].image': never('all services of an app share one image; a service of its own image is an app of its own'),
  'spec.services[].replicas': never('write `workers: { min }` for threads of this service, or spec.replicas for pods'),
  'spec.services[].envFrom': later('name each variable in env, with valueFrom'),
  'spec.services[].env[].valueFrom.fieldRef': later('remove it; POD_NAME and POD_NAMESPACE are in the environment of every service'),
  'spec.services[].env[].valueFrom.resourceFieldRef': later('remove it'),
  'spec.env': never('give the variable to the service that needs it: services[].env'),
  'spec.paused': never('annotate the app with wattapp.dev/paused: "true"')
}

/** @param path a field path with `[]` for every list position */
export function unsupported (path: string): Unsupported | undefined {
  return Object.hasOwn(byPath, path) ? byPath[path] : undefined
}

/** Values of a closed set that a later version will have. */
export const choicesToCome: Readonly<Record<string, readonly string[]>> = {
  'spec.services[].isolation': ['pod']
}
