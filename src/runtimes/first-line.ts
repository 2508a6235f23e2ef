// Holds a thread where its service's code is about to run, until a debugger says that it may (Runtime.runIfWaitingForDebugger).
import type { ThreadMessage } from './thread.ts'

/** @param file absolute path of what runs; the debugger's endpoint stops it there @throws when nothing listens to debuggers */
export function waitForDebugger (service: string, file: string, post: (message: ThreadMessage) => void): void {
  post({ type: 'waits', service, file })
  // Loaded by those alone that are debugged.
  process.getBuiltinModule('node:inspector').waitForDebugger()
}
