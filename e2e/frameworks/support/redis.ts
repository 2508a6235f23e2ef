// A real Redis (or Valkey: the same protocol) of a test's own, which may die and come back, with or without what it held.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from './app.ts'

const program = [process.env.REDIS_SERVER ?? '', '/usr/bin/redis-server', '/usr/bin/valkey-server'].find((path) => path !== '' && existsSync(path))

/** For a test's `skip`: false, or why there is no server. */
export const noRedis: string | false = program === undefined ? 'there is no redis-server and no valkey-server (REDIS_SERVER names another)' : false

export class RedisServer implements AsyncDisposable {
  readonly url: string
  readonly #port: number
  #folder = mkdtempSync(join(tmpdir(), 'wattapp-redis-'))
  #child: ChildProcess | undefined

  private constructor (port: number) {
    this.#port = port
    this.url = `redis://127.0.0.1:${port}`
  }

  static async start (): Promise<RedisServer> {
    const server = new RedisServer(await freePort())
    await server.start()
    return server
  }

  /** Resolves when it takes connections. */
  async start (): Promise<void> {
    // Each write is on disk before it is answered, so that a kill loses nothing.
    const options = ['--bind', '127.0.0.1', '--port', String(this.#port), '--dir', this.#folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always']
    const child = this.#child = spawn(program ?? '', options, { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface({ input: child.stdout })
    const said: string[] = []
    for await (const line of lines) {
      said.push(line)
      if (/ready to accept connections/i.test(line)) {
        child.stdout.resume()
        return
      }
    }
    throw new Error(`${program ?? ''} ended:\n${said.join('\n')}`)
  }

  async kill (): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** Its connections stay open, and nothing is answered. */
  hang (): void {
    this.#child?.kill('SIGSTOP')
  }

  goOn (): void {
    this.#child?.kill('SIGCONT')
  }

  /** What it held is gone. */
  forget (): void {
    rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = mkdtempSync(join(tmpdir(), 'wattapp-redis-'))
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
