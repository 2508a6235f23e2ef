// Names of the images that a run builds. The operator's release names never appear in a test cluster.
export const images = {
  node: 'localhost/wattapp/node:e2e',
  runtime: 'localhost/wattapp/runtime:e2e',
  operator: 'localhost/wattapp/operator:e2e',
  shop: 'localhost/wattapp/shop:e2e',
  festival: 'localhost/wattapp/festival:e2e',
  collector: 'localhost/wattapp/collector:e2e'
}

/** Where the chart is installed. */
export const operatorNamespace = 'wattapp-system'
