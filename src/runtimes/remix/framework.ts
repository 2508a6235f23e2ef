// Remix 2, by the names that tell it from React Router.
import type { Framework } from '../react-router/framework.ts'

export const remix: Framework = {
  title: 'Remix',
  package: '@remix-run/node',
  serveProgram: 'remix-serve',
  // The second is what the compiler before Vite writes.
  serverBuilds: ['build/server/index.js', 'build/index.js'],
  virtualBuild: 'virtual:remix/server-build'
}
