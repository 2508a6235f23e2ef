// Names that Kubernetes and the mesh take, from names that anybody gave. Pure.
import { reservedServices } from '../../api/reserved.ts'

/** A DNS label of at most 40 characters, or undefined when nothing is left. The scope of a package goes. */
export function serviceName (name: string): string | undefined {
  const label = name.replace(/^@[^/]*\//, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').slice(0, 40).replaceAll(/^-+|-+$/g, '')
  if (label === '') return undefined
  return reservedServices.some((reserved) => reserved === label) ? `${label}-service` : label
}

/** As a service's, and beginning with a letter. */
export function appName (...names: Array<string | undefined>): string {
  for (const name of names) {
    const label = name === undefined ? undefined : serviceName(name)?.replace(/^[^a-z]+/, '')
    if (label !== undefined && label !== '') return label
  }
  return 'app'
}

/** `/a/b` of `a/b/` and `/a//b`. */
export function urlPath (...parts: string[]): string {
  const path = parts.join('/').replaceAll(/\/+/g, '/').replace(/^\/?/, '/')
  return path === '/' ? path : path.replace(/\/$/, '')
}
