// Where the threads that a service starts find its working directory and title: as of the moment when each is started.
import { fileURLToPath } from 'node:url'
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'

export interface Place {
  /** process.title */
  title: string
  /** process.cwd() */
  folder: string
}

// Sources run as .ts in development, compiled as .js: the compiler rewrites imports, but not URLs.
/** To be loaded first by such a thread. */
export const nestedPreload = fileURLToPath(new URL(`./nested.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url))

const key = 'wattapp: place of the service'

/** For all threads that are started from now on, and for theirs. */
export function tellNested (place: Place): void {
  setEnvironmentData(key, { ...place })
}

/** Undefined: this thread was not started by a service. */
export function toldPlace (): Place | undefined {
  return getEnvironmentData(key) as unknown as Place | undefined
}
