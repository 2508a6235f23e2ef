// Stops a worker that waits for a debugger at the first line of its service, once the debugger lets it run. Pure.

/** No debugger counts so far: the answer to it is known by it, and kept from the debugger. */
const ownId = 2 ** 31 - 1

/** @param url of what runs first; CommonJS modules are known by their path */
export function stopAtFirstLine (url: string, path: string): string {
  const urlRegex = `^(${escaped(url)}|${escaped(path)})$`
  return JSON.stringify({ id: ownId, method: 'Debugger.setBreakpointByUrl', params: { lineNumber: 0, columnNumber: 0, urlRegex } })
}

export function isOwnAnswer (message: string): boolean {
  return message.startsWith(`{"id":${ownId},`)
}

/** The debugger has set its breakpoints. */
export function letsRun (message: string): boolean {
  return message.includes('"Runtime.runIfWaitingForDebugger"')
}

function escaped (text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
