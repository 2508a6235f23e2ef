// Runtime `remix` in development: as React Router. What the compiler before Vite has built runs as it is: let `remix watch` write that.
import { extensions } from '../manifest.ts'
import { hasFile } from '../load.ts'
import { developApp } from '../react-router/develop.ts'
import type { ServiceToServe, Serving } from '../runtime.ts'
import { remix } from './framework.ts'
import { serve } from './serve.ts'

/** @throws WATT_RUNTIME_FRAMEWORK_MISSING, WATT_RUNTIME_BASE */
export async function develop (service: ServiceToServe): Promise<Serving> {
  const usesVite = extensions.some((extension) => hasFile(service.folder, `vite.config${extension}`))
  return usesVite ? await developApp(service, remix) : await serve(service)
}
