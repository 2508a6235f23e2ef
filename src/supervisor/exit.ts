// How this process ends, even with a thread that cannot be ended.

/**
 * `process.exit` waits for every thread, so one in a native call would hold the container until it is killed, and its exit code with
 * it. Replacing the process (execve(2)) ends all threads at once: what takes its place only says the code. (It works since Node 23.11.)
 */
export function endProcess (code: number, hasAbandonedThreads: boolean): never {
  if (hasAbandonedThreads && process.execve !== undefined) {
    try {
      process.execve(process.execPath, [process.execPath, '--eval', `process.exit(${code})`], {})
    } catch {
      // Not on this platform.
    }
  }
  process.exit(code)
}
