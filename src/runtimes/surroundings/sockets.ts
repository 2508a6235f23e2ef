// Relative paths of Unix sockets mean the service's folder, for those that listen and those that connect.
import { Server, Socket } from 'node:net'
import { relative } from 'node:path'
import type { Locate } from './working-folder.ts'

type Method = (this: unknown, ...args: unknown[]) => unknown

/** Bytes of a path that the kernel takes (sun_path of unix(7), less its end). */
const maxPathBytes = 107

/** Of the process: to be read before process.cwd() is the thread's. */
const processFolder = process.cwd()

export function locateSockets (locate: Locate): void {
  const locateSocket = (path: string): string => {
    // An abstract name begins with NUL, and is no path.
    const located = path.startsWith('\0') ? path : locate(path)
    return Buffer.byteLength(located) > maxPathBytes ? relative(processFolder, located) : located
  }

  function edit (target: unknown): unknown {
    if (typeof target === 'string') return isPort(target) ? target : locateSocket(target)
    if (typeof target !== 'object' || target === null) return target
    // As node:net hands its own arguments on: it knows such an array by a mark on it.
    if (Array.isArray(target)) {
      target[0] = edit(target[0])
      return target
    }
    const path: unknown = Reflect.get(target, 'path')
    return typeof path === 'string' ? { ...target, path: locateSocket(path) } : target
  }

  for (const [prototype, name] of [[Socket.prototype, 'connect'], [Server.prototype, 'listen']] as const) {
    const original = Reflect.get(prototype, name) as Method
    Reflect.set(prototype, name, function (this: unknown, ...args: unknown[]) {
      if (args.length > 0) args[0] = edit(args[0])
      return Reflect.apply(original, this, args)
    })
  }
}

/** As node:net takes it. */
function isPort (text: string): boolean {
  return Number(text) >= 0
}
