// A client of Redis or Valkey from the service's own packages, as one function: whichever of the three well-kept ones is installed.
import { errors } from '../../errors.ts'

export interface RedisClient {
  /** Texts come back as Buffers. Rejects at once while there is no connection. */
  send: (...command: ReadonlyArray<string | Buffer>) => Promise<unknown>
  /** `lost`: it connects anew. `ready`: that has worked. */
  on: (event: 'lost' | 'ready', listener: () => void) => void
  close: () => void
}

type Listen = ((event: 'error', listener: (error: Error) => void) => void) & ((event: 'reconnecting' | 'ready', listener: () => void) => void)

interface IoRedis {
  callBuffer: (...command: ReadonlyArray<string | Buffer>) => Promise<unknown>
  connect: () => Promise<void>
  disconnect: () => void
  on: Listen
}

interface NodeRedis {
  withTypeMapping: (mapping: object) => { sendCommand: (command: ReadonlyArray<string | Buffer>) => Promise<unknown> }
  connect: () => Promise<unknown>
  destroy: () => void
  on: Listen
}

const commandMs = 2_000

/** All three have the same. */
const names = { lost: 'reconnecting', ready: 'ready' } as const

/** RESP's type of a text: https://redis.io/docs/latest/develop/reference/protocol-spec/#bulk-strings */
const bulkString = 36

/**
 * Resolves when it is connected, or has failed to for the first time: it goes on trying. `failed`: of the connection.
 * @throws WATT_NEXT_CACHE_CLIENT when none of the packages is installed
 */
export async function connectRedis (service: string, url: string, require: NodeJS.Require, failed: (error: Error) => void): Promise<RedisClient> {
  for (const name of ['iovalkey', 'ioredis']) {
    const found = load(require, name)
    if (found === undefined) continue
    const Client = (found.default ?? found) as new (url: string, options: object) => IoRedis
    const client = new Client(url, { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: commandMs })
    client.on('error', failed)
    await client.connect().catch(failed)
    return { send: (...command) => client.callBuffer(...command), on: (event, listener) => client.on(names[event], listener), close: () => client.disconnect() }
  }
  const found = load(require, 'redis')
  if (found === undefined) throw errors.WATT_NEXT_CACHE_CLIENT(service)
  const client = (found.createClient as (options: object) => NodeRedis)({ url, disableOfflineQueue: true })
  client.on('error', failed)
  await Promise.race([client.connect(), new Promise((resolve) => { setTimeout(resolve, commandMs).unref() })]).catch(failed)
  const typed = client.withTypeMapping({ [bulkString]: Buffer })
  return { send: (...command) => answeredInTime(typed.sendCommand(command)), on: (event, listener) => client.on(names[event], listener), close: () => client.destroy() }
}

/** As the others do by themselves: a server that hangs is as good as none. */
async function answeredInTime<Answer> (answer: Promise<Answer>): Promise<Answer> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${commandMs} ms`)), commandMs)
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

function load (require: NodeJS.Require, name: string): Record<string, unknown> | undefined {
  try {
    return require(name) as Record<string, unknown>
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'MODULE_NOT_FOUND' && thrown.message.includes(`'${name}'`)) return undefined
    throw thrown
  }
}
