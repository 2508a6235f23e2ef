// Every runtime, most telling first. A new framework is one row here and one module that is loaded only by threads that use it.
import { build as astroBuild } from './astro/build.ts'
import { dependsOn, hasCode, hasPage, isMadeWith, type FolderFacts } from './detect.ts'
import { build as nextBuild } from './next/build.ts'
import { build as reactRouterBuild } from './react-router/build.ts'
import { build as remixBuild } from './remix/build.ts'
import type { Runtime } from './runtime.ts'

const serveModule: Runtime['serve'] = async (service) => (await import('./node.ts')).serve(service)

export const runtimes: readonly Runtime[] = [
  {
    name: 'next',
    detect: isMadeWith('next', ['next.config', 'package.json']),
    serve: async (service) => (await import('./next/serve.ts')).serve(service),
    develop: async (service) => (await import('./next/develop.ts')).develop(service),
    build: nextBuild
  },
  {
    name: 'astro',
    detect: isMadeWith('astro', ['astro.config', 'package.json']),
    serve: async (service) => (await import('./astro/serve.ts')).serve(service),
    develop: async (service) => (await import('./astro/develop.ts')).develop(service),
    build: astroBuild
  },
  {
    name: 'react-router',
    detect: isFrameworkMode,
    serve: async (service) => (await import('./react-router/serve.ts')).serve(service),
    develop: async (service) => (await import('./react-router/develop.ts')).develop(service),
    build: reactRouterBuild
  },
  {
    name: 'remix',
    detect: isMadeWith('@remix-run/dev', ['remix.config', 'vite.config', 'package.json']),
    serve: async (service) => (await import('./remix/serve.ts')).serve(service),
    develop: async (service) => (await import('./remix/develop.ts')).develop(service),
    build: remixBuild
  },
  {
    name: 'nest',
    detect: (facts) => isMadeWith('@nestjs/core', ['nest-cli.json', 'package.json'])(facts) ?? dependsOn('@nestjs/core')(facts),
    serve: async (service) => (await import('./nest.ts')).serve(service),
    develop: async (service) => (await import('./nest.ts')).develop(service),
    isRestarted: true,
    // A program of its author's own: it may read any file of its folder.
    build: { command: ['nest', 'build'], outputs: ['dist'], files: ['.'] }
  },
  { name: 'fastify', detect: dependsOn('fastify'), serve: serveModule },
  { name: 'express', detect: dependsOn('express'), serve: serveModule },
  { name: 'koa', detect: dependsOn('koa'), serve: serveModule },
  { name: 'fetch', detect: dependsOn('hono'), serve: serveModule },
  {
    name: 'vite',
    detect: isSinglePage,
    serve: async (service) => (await import('./vite.ts')).serve(service),
    develop: async (service) => (await import('./vite.ts')).develop(service),
    build: { command: ['vite', 'build'], outputs: ['dist'], files: ['index.html'], isSelfContained: () => true, below: (basePath) => ({ args: ['--base', `${basePath}/`], env: {} }) }
  },
  { name: 'node', detect: hasCode, serve: serveModule },
  { name: 'static', detect: hasPage, serve: async (service) => (await import('./static.ts')).serve(service) }
]

/** React Router as a library, in a page of Vite's, is none of its business: in framework mode there is no `index.html` in the folder. */
function isFrameworkMode (facts: FolderFacts): string | undefined {
  const own = isMadeWith('@react-router/dev', ['react-router.config', 'build/server/index.js', 'build/client/index.html'])(facts)
  return own ?? (facts.has('index.html') ? undefined : isMadeWith('@react-router/dev', ['vite.config'])(facts))
}

/** Vite is also a part of other tools: the page says that it is the application. */
function isSinglePage (facts: FolderFacts): string | undefined {
  return facts.has('package.json') ? isMadeWith('vite', ['index.html', 'dist/index.html'])(facts) : undefined
}
