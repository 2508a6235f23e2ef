import { join } from 'node:path'

// The lockfile is the workspace's, two folders up.
const workspace = join(import.meta.dirname, '../..')

/** @type {import('next').NextConfig} */
export default {
  basePath: '/tickets',
  poweredByHeader: false,
  outputFileTracingRoot: workspace,
  turbopack: { root: workspace },
  images: {
    // Posters come from the service `films`: the optimiser fetches them over the mesh.
    remotePatterns: [new URL('http://films.internal/api/films/*/poster')],
    dangerouslyAllowLocalIP: true
  }
}
