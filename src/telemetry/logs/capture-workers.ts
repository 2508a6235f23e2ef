// Threads that a service starts itself (pino's transports are such) write to descriptors 1 and 2 too, past the patches of their
// parent. Each gets patches of its own, which lead to its process.stdout: Node pipes that to the parent's, where it is caught.
import { fileURLToPath } from 'node:url'
import type workerThreads from 'node:worker_threads'
import type { WorkerOptions } from 'node:worker_threads'

// Sources run as .ts in development, compiled as .js: the compiler rewrites imports, but not URLs.
const nested = fileURLToPath(new URL(`./nested.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url))

/**
 * Replaces `Worker` on `module` (node:worker_threads, as CommonJS sees it).
 * @param preload file that each of them loads first: nested.ts, or one that does the same and more
 */
export function patchWorkers (module: typeof workerThreads, preload = nested): void {
  const { Worker } = module
  const patched = {
    Worker: class extends Worker {
      constructor (filename: string | URL, options: WorkerOptions = {}) {
        try {
          super(filename, preloaded(options, options.execArgv ?? process.execArgv, preload))
        } catch (thrown) {
          // What this thread inherited may be flags that only a process can have; Node itself passes them over then.
          if (options.execArgv !== undefined || !isInvalidFlag(thrown)) throw thrown
          super(filename, preloaded(options, [], preload))
        }
      }
    }
  }
  Object.assign(module, patched)
}

/** `--require`: `--import` is not heeded for code given as text. What is no list is left for Node to refuse. */
function preloaded (options: WorkerOptions, execArgv: string[], preload: string): WorkerOptions {
  return { ...options, execArgv: Array.isArray(execArgv) && !execArgv.includes(preload) ? [...execArgv, '--require', preload] : execArgv }
}

function isInvalidFlag (thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_WORKER_INVALID_EXEC_ARGV'
}
