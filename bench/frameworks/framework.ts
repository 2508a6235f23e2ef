// The frameworks that are measured: where their hello page is, and the server of their own. Pure.

export const frameworkNames = ['next', 'astro', 'react-router', 'nest', 'vite', 'fastify', 'express', 'hono', 'static'] as const

export type FrameworkName = typeof frameworkNames[number]

export interface Framework {
  name: FrameworkName
  /** For people: what stands on the other side. */
  own: string
  /** Its program below the apps' folder, and its arguments; it listens on PORT. */
  program: (port: string) => readonly string[]
  /** Written by its build, in its folder: built again when it is not there. Absent: nothing is built. */
  built?: string
  /** The folder that is the service, below its own. */
  path?: string
  /**
   * By the acceptance bars: `heavy` servers do under half of what bare node:http does, so that the framework's work is what counts;
   * `light` ones do so little for a request that what carries it counts too.
   */
  weight: 'heavy' | 'light'
}

const bin = 'node_modules/.bin'

export const frameworks: readonly Framework[] = [
  { name: 'next', own: 'next start', program: (port) => [`${bin}/next`, 'start', '-p', port], built: '.next/BUILD_ID', weight: 'heavy' },
  { name: 'astro', own: '@astrojs/node standalone', program: () => ['astro/dist/server/entry.mjs'], built: 'dist/server/entry.mjs', weight: 'heavy' },
  { name: 'react-router', own: 'react-router-serve', program: () => [`${bin}/react-router-serve`, './build/server/index.js'], built: 'build/server/index.js', weight: 'heavy' },
  { name: 'nest', own: 'node dist/main.js', program: () => ['nest/dist/main.js'], built: 'dist/main.js', weight: 'heavy' },
  { name: 'vite', own: 'vite preview', program: (port) => [`${bin}/vite`, 'preview', '--port', port, '--strictPort', '--host', '127.0.0.1'], built: 'dist/index.html', weight: 'light' },
  { name: 'fastify', own: 'node index.js', program: () => ['fastify/index.js'], weight: 'light' },
  { name: 'express', own: 'node index.js', program: () => ['express/index.js'], weight: 'light' },
  { name: 'hono', own: '@hono/node-server', program: () => ['hono/index.js'], weight: 'light' },
  { name: 'static', own: 'sirv', program: (port) => [`${bin}/sirv`, 'public', '--port', port, '--host', '127.0.0.1', '--quiet', '--etag'], path: 'public', weight: 'light' }
]
