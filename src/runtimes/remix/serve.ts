// Runtime `remix` in production: as React Router, which it was called before. The globals of the thread stay Node.js' own, which Remix
// takes on Node.js 20 and newer; those that `remix-serve` would put in their place know nothing of the mesh.
import { serveBuilt } from '../react-router/serve.ts'
import type { ServiceToServe, Serving } from '../runtime.ts'
import { remix } from './framework.ts'

/** @throws WATT_RUNTIME_NOT_BUILT, WATT_RUNTIME_BASE, and as load.ts */
export async function serve (service: ServiceToServe): Promise<Serving> {
  return await serveBuilt(service, remix)
}
