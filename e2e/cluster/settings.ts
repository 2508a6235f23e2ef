/** Addresses, names and ports of the cluster: private ranges, and ports beside the usual ones. */
export const settings = {
  nodeName: 'wattapp-e2e',
  bridge: 'wattbr',
  /** The bridge's address: the node's, the API server's and the DNS server's, so that nothing listens beyond this machine. */
  nodeIP: '10.244.0.1',
  podRange: '10.244.0.0/24',
  serviceRange: '10.96.0.0/16',
  apiServiceIP: '10.96.0.1',
  dnsServiceIP: '10.96.0.10',
  apiPort: 16443,
  etcdPort: 12379,
  etcdPeerPort: 12380,
  dnsPort: 1053,
  dnsReadyPort: 18181,
  /** Beginning of every name our CNI configuration gives to rules and files. */
  network: 'wattapp-e2e',
  pauseImage: 'localhost/wattapp/pause:1',
  /** Node, its libraries and an init: no shell, no npm. */
  nodeImage: 'localhost/wattapp/node:e2e',
  /** That with a shell and npm. */
  npmImage: 'localhost/wattapp/npm:e2e',
  /** Image volumes are off by default in 1.34; in-place resize is on. */
  featureGates: { ImageVolume: true }
} as const

export const featureGateFlag = Object.entries(settings.featureGates).map(([name, on]) => `${name}=${on}`).join(',')
