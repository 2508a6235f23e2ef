// What the other side of a socket had written before it ended. A socket of Node is one for both directions: a write that fails,
// since nobody is there to read it, throws away what has come and is not read yet, be it the answer to a call or the reason of the end.
import { readSync } from 'node:fs'
import type { Socket } from 'node:net'

/** Private to Node's pipes, alike in 24 and 26. */
interface Inner { _handle: { fd?: number } | null }

/** Reads what has come, without a turn of the event loop. `read` gets the same memory each time. */
export function readRest (socket: Socket | undefined, read: (chunk: Uint8Array) => void): void {
  const buffer = new Uint8Array(65_536)
  for (let size = tryToRead(socket, buffer); size > 0; size = tryToRead(socket, buffer)) read(buffer.subarray(0, size))
}

/** Has the rest read before an error of the socket closes it. */
export function readRestOnError (socket: Socket, read: (chunk: Uint8Array) => void): void {
  const destroy = socket._destroy.bind(socket)
  socket._destroy = (error, callback) => {
    if (error !== null) readRest(socket, read)
    destroy(error, callback)
  }
}

/** 0: it is all that has come. */
function tryToRead (socket: Socket | undefined, buffer: Uint8Array): number {
  const { fd = -1 } = (socket as unknown as Inner | undefined)?._handle ?? {}
  if (fd < 0) return 0
  try {
    return readSync(fd, buffer)
  } catch {
    // EAGAIN, or nobody is there any more.
    return 0
  }
}
