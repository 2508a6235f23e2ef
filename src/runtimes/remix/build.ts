// How a Remix 2 app is built, as plain data. An app of the compiler before Vite has a build script that says `remix build`.
import { below } from '../react-router/build.ts'
import type { RuntimeBuild } from '../runtime.ts'

export const build: RuntimeBuild = {
  command: ['remix', 'vite:build'],
  outputs: ['build', 'public/build'],
  files: ['public'],
  below
}
