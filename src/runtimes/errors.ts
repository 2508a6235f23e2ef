// What can go wrong between a service's folder and its first answer, as a person will read it. docs/errors.md is held to this table.
import { errorTable } from '../base/error.ts'

export const errors = errorTable({
  WATT_RUNTIME_NOT_FOUND: {
    status: 500,
    message: (service: string, path: string, tried: string) => `service "${service}": nothing to run in "${path}" (tried ${tried})`,
    hint: 'name the file in the service\'s `entry` or in package.json "main", install the program that the start script names, or set `runtime: static` for a folder of files'
  },
  WATT_RUNTIME_ENTRY_MISSING: {
    status: 500,
    message: (service: string, tried: string) => `service "${service}" has no file to run (tried ${tried})`,
    hint: 'name the file, or a program of an installed package, in the service\'s `entry`, or the file in package.json "main"; a build step may not have run'
  },
  WATT_PATH_OUTSIDE: {
    status: 500,
    message: (service: string, path: string) => `service "${service}": "${path}" lies outside the app's root`,
    hint: 'copy the file into the app; a link may not lead out of it'
  },
  WATT_RUNTIME_MANIFEST_INVALID: {
    status: 500,
    message: (service: string, file: string, reason: string) => `service "${service}": ${file} is no valid package.json: ${reason}`,
    hint: 'correct the JSON of the file'
  },
  WATT_RUNTIME_TYPESCRIPT: {
    status: 500,
    message: (service: string, file: string, reason: string) => `service "${service}": ${file} uses TypeScript that Node.js cannot run: ${reason}`,
    hint: 'use erasable syntax only (tsconfig "erasableSyntaxOnly"; no enum, namespace, parameter property or JSX), or compile first and name the output in `entry`'
  },
  WATT_RUNTIME_PACKAGE_MISSING: {
    status: 500,
    message: (service: string, file: string, reason: string) => `service "${service}": ${file} needs something that is not there: ${reason}`,
    hint: 'install it in the service\'s folder or the app\'s root (npm ci), and see that the image holds node_modules'
  },
  WATT_RUNTIME_LOAD_FAILED: {
    status: 500,
    message: (service: string, file: string, reason: string) => `service "${service}": ${file} failed while it was loaded: ${reason}`,
    hint: 'the stack is in the service\'s log'
  },
  WATT_RUNTIME_NEEDS_PROCESS: {
    status: 500,
    message: (service: string, file: string, reason: string) => `service "${service}": ${file} does what only a process can do: ${reason}`,
    hint: 'set `isolation: process` for the service: it runs as it is, in a process of its own'
  },
  WATT_RUNTIME_CREATE_FAILED: {
    status: 500,
    message: (service: string, file: string, exported: string, reason: string) => `service "${service}": \`${exported}\` of ${file} failed: ${reason}`,
    hint: 'the stack is in the service\'s log'
  },
  WATT_RUNTIME_EXPORT_UNKNOWN: {
    status: 500,
    message: (service: string, file: string, exported: string, found: string) => `service "${service}": \`${exported}\` of ${file} gave ${found}, which nothing here can serve`,
    hint: 'return an http.Server, a Fastify, Express, Koa or Hono app, or an object with a `fetch` method'
  },
  WATT_RUNTIME_MISMATCH: {
    status: 500,
    message: (service: string, file: string, asked: string, found: string) => `service "${service}" says \`runtime: ${asked}\`, but ${file} exports ${found}`,
    hint: 'remove `runtime` from the service: what the module exports decides'
  },
  WATT_RUNTIME_FASTIFY_MISSING: {
    status: 500,
    message: (service: string, file: string) => `service "${service}": ${file} exports a Fastify plugin, but the package fastify cannot be found from there`,
    hint: 'npm install fastify in the service\'s folder or in the app\'s root'
  },
  WATT_RUNTIME_NOT_BUILT: {
    status: 500,
    message: (service: string, framework: string, tried: string) => `service "${service}": the ${framework} application is not built (there is no ${tried})`,
    hint: 'run `wattapp build`, or the build script of its package.json, before it is run; where it is built into another folder, name that as the service\'s `entry`'
  },
  WATT_RUNTIME_BASE: {
    status: 500,
    message: (service: string, framework: string, built: string, route: string) => `service "${service}": the ${framework} application was built for "${built}", but browsers find it below "${route}"`,
    hint: 'build it with `wattapp build`, which tells the framework the prefix of the service\'s route; or set the same base in its own configuration'
  },
  WATT_RUNTIME_FRAMEWORK_MISSING: {
    status: 500,
    message: (service: string, name: string, reason: string) => `service "${service}": the package ${name} cannot be loaded from its folder: ${reason}`,
    hint: 'install it in the service\'s folder or the app\'s root (npm ci), and see that the image holds node_modules'
  },
  WATT_ASTRO_ADAPTER: {
    status: 500,
    message: (service: string, adapter: string) => `service "${service}": the Astro application is built by ${adapter}, not for a server of Node.js`,
    hint: 'npm install @astrojs/node in the service\'s folder, set `adapter: node({ mode: \'standalone\' })` in astro.config, and build it again'
  },
  WATT_NEXT_CACHE_CLIENT: {
    status: 500,
    message: (service: string) => `service "${service}": NEXT_CACHE_URL is set, and no client for it can be found from the service's folder`,
    hint: 'npm install iovalkey (or ioredis, or redis) in the service\'s folder'
  },
  WATT_RUNTIME_ENDED: {
    status: 500,
    message: (service: string, file: string, how: string) => `service "${service}": ${file} ended without having served anything (${how})`,
    hint: 'export `create`, `build` or a default app, or call listen(); a background service must have something to wait for'
  },
  WATT_RUNTIME_SERVER_KIND: {
    status: 500,
    message: (service: string, file: string, kind: string) => `service "${service}": ${file} gave a server of kind ${kind}, and the mesh carries HTTP/1.1 only`,
    hint: 'make it with createServer of node:http; clients still get TLS and HTTP/2 where the ingress speaks them'
  }
})
