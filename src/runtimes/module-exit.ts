// process.exit() where a module runs that waited for the top-level await of another. V8 (of Node 26) ends the whole process when a
// thread is stopped there (AsyncModuleExecutionFulfilled: "Check failed: !is_null()"), so the module is left by a throw, and the
// thread ends right after. Only such a module is the outermost caller: everything else has been called by someone.

/** Before any service's code runs; only in a thread. */
export function exitAfterModules (): void {
  const exit = process.exit.bind(process)
  process.exit = ((...code: Parameters<typeof process.exit>) => {
    if (!isInModule()) return exit(...code)
    // First of what was still to come: whoever hears of the throw hears of it too late.
    queueMicrotask(() => exit(...code))
    throw new Error('process.exit() was called')
  }) as typeof process.exit
}

/** The outermost frame is code of a module's own, outside of all functions. */
function isInModule (): boolean {
  const { prepareStackTrace, stackTraceLimit } = Error
  Error.stackTraceLimit = Infinity
  Error.prepareStackTrace = (_, sites) => sites
  const sites = new Error('where').stack as unknown as NodeJS.CallSite[]
  Error.prepareStackTrace = prepareStackTrace
  Error.stackTraceLimit = stackTraceLimit
  const outermost = sites.findLast((site) => !site.isAsync())
  return outermost?.getFunctionName() === null && outermost.getFileName()?.startsWith('file:') === true
}
