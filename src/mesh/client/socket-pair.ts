// Joins a client's own net.Socket, which was about to dial, to a virtual one in the same thread: what one writes the other
// reads, with the backpressure, half-close and reset of a connection.
import { AsyncResource } from 'node:async_hooks'
import { Socket } from 'node:net'
import { brokenPipe } from '../broken-pipe.ts'
import { VirtualSocket } from '../serve/virtual-socket.ts'

type Done = (error?: Error | null) => void

/** Private to net.Socket and its streams, alike in Node 24 and 26. */
interface Inner {
  _read: () => void
  _write: (chunk: Buffer | string, encoding: BufferEncoding, done: Done) => void
  _writev: null
  _final: (done: Done) => void
  _destroy: (error: Error | null, done: Done) => void
  _peername: object
  connecting: boolean
  ref: () => Socket
  unref: () => Socket
}

const atOnce = (run: () => void): void => run()

/**
 * `near` says `connect` in the next tick. Returns the other end.
 * @param cross hands over what one end says to the other: where both are of one program's making, not inside of its own call
 */
export function joinSockets (near: Socket, cross: (run: () => void) => void = atOnce): VirtualSocket {
  const inner = near as unknown as Inner
  const far = new VirtualSocket()
  /** Writes that wait until the other side reads. */
  let farWaits: Done | undefined
  let nearWaits: Done | undefined
  let bytesRead = 0
  let bytesWritten = 0

  inner.connecting = true
  inner._peername = { address: '127.0.0.1', family: 'IPv4', port: 80 }
  // Without a handle these would wait for a `connect` that has been, one listener a call.
  inner.ref = inner.unref = () => near
  Object.defineProperties(near, {
    pending: { get: () => inner.connecting, configurable: true },
    bytesRead: { get: () => bytesRead, configurable: true },
    bytesWritten: { get: () => bytesWritten, configurable: true }
  })

  inner._read = () => {
    const done = farWaits
    farWaits = undefined
    done?.()
  }
  inner._writev = null
  inner._write = (chunk, encoding, done) => {
    if (inner.connecting) {
      near.once('connect', () => inner._write(chunk, encoding, done))
      return
    }
    if (far.destroyed) return done(brokenPipe())
    far.writer = new AsyncResource('WattAppWrite')
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
    bytesWritten += bytes.byteLength
    cross(() => {
      if (far.destroyed) done(brokenPipe())
      else if (far.push(bytes)) done()
      else nearWaits = done
    })
  }
  inner._final = (done) => {
    if (inner.connecting) {
      near.once('connect', () => inner._final(done))
      return
    }
    cross(() => {
      if (!far.destroyed && !far.readableEnded) far.push(null)
      done()
    })
  }
  inner._destroy = (error, done) => {
    inner.connecting = false
    cross(() => {
      far.destroy()
      release()
    })
    Socket.prototype._destroy.call(near, error, done)
  }

  far.wire = {
    write (bytes, done) {
      if (near.destroyed) return done(brokenPipe())
      bytesRead += bytes.byteLength
      cross(() => {
        if (near.destroyed) done(brokenPipe())
        else if (near.push(bytes)) done()
        else farWaits = done
      })
    },
    end (done) {
      cross(() => {
        if (!near.destroyed && !near.readableEnded) near.push(null)
        done()
      })
    },
    read () {
      const done = nearWaits
      nearWaits = undefined
      done?.()
    },
    destroyed () {
      cross(() => {
        if (!near.destroyed && !near.readableEnded) near.push(null)
        release()
      })
    }
  }

  /** Whoever is gone reads no more. */
  function release (): void {
    const waiting = [farWaits, nearWaits]
    farWaits = nearWaits = undefined
    for (const done of waiting) done?.(brokenPipe())
  }

  process.nextTick(() => {
    if (near.destroyed) return
    inner.connecting = false
    if (!near.isPaused()) near.read(0)
    near.emit('connect')
    near.emit('ready')
  })
  return far
}
