// What a write gets whose reader is gone, as from a kernel's socket.

export function brokenPipe (): Error {
  return Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' })
}
