// Binds a server, or says in words why it cannot.
import { createServer, type AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import { once } from 'node:events'
import { messageOf, withCause, type WattError } from '../base/error.ts'
import { errors } from './errors.ts'

export interface ListenAddress {
  host: string
  /** 0 picks a free one. */
  port: number
}

/** The port that it got. @throws WATT_PORT_IN_USE, WATT_LISTEN_FAILED */
export async function listen (server: Server, what: string, { host, port }: ListenAddress): Promise<number> {
  server.listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (thrown) {
    throw listenError(what, { host, port }, thrown)
  }
  return (server.address() as AddressInfo).port
}

/**
 * A port that several threads share is given to another program that shares it too, and neither would notice: it is first asked
 * for alone. @throws WATT_PORT_IN_USE, WATT_LISTEN_FAILED
 */
export async function expectFree (what: string, { host, port }: ListenAddress): Promise<void> {
  const server = createServer().listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (thrown) {
    throw listenError(what, { host, port }, thrown)
  }
  server.close()
  await once(server, 'close')
}

/** An address as a person would open it. */
export function urlOf (host: string, port: number): string {
  const named = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${named.includes(':') ? `[${named}]` : named}:${port}`
}

function listenError (what: string, { host, port }: ListenAddress, thrown: unknown): WattError {
  const isInUse = thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE'
  return withCause(isInUse ? errors.WATT_PORT_IN_USE(what, host, port) : errors.WATT_LISTEN_FAILED(what, host, port, messageOf(thrown)), thrown)
}
