// nginx from this machine; where it has none, Debian's package unpacked into a cache folder, nothing installed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { findOnPath } from '../process/find.ts'
import { freePort } from '../process/port.ts'
import { nginxConfig } from './nginx-config.ts'
import { start, type Started } from './started.ts'

const cache = join(homedir(), '.cache/wattapp-bench/nginx')

/** @throws what to install, when there is no nginx and none can be had */
export async function startNginx ({ children, folder, tell }: Pick<Bench, 'children' | 'folder' | 'tell'>, upstreams: Readonly<Record<string, number>>): Promise<Started> {
  const file = findNginx(tell)
  const port = await freePort()
  const own = mkdtempSync(join(folder, 'nginx-'))
  const config = join(own, 'nginx.conf')
  writeFileSync(config, nginxConfig({ port, folder: own, upstreams }))
  return await start(children, { name: 'nginx', file, args: ['-p', own, '-e', 'stderr', '-c', config] }, `http://127.0.0.1:${port}`, Object.keys(upstreams))
}

function findNginx (tell: (text: string) => void): string {
  // Debian keeps it where users' PATH often does not look.
  const found = findOnPath('nginx') ?? findOnPath('nginx', '/usr/sbin:/usr/local/sbin') ?? unpacked()
  if (found !== undefined) return found
  tell(`there is no nginx on this machine: unpacking its Debian package into ${cache} (nothing is installed)`)
  mkdirSync(cache, { recursive: true })
  spawnSync('apt-get', ['download', 'nginx'], { cwd: cache, timeout: 60_000 })
  const [archive] = existsSync(cache) ? readdirSync(cache).filter((name) => name.endsWith('.deb')) : []
  if (archive !== undefined) spawnSync('dpkg-deb', ['-x', archive, '.'], { cwd: cache, timeout: 60_000 })
  const file = unpacked()
  if (file === undefined) throw new Error('there is no nginx on this machine, and `apt-get download nginx` gave none: install nginx so that it is on PATH')
  return file
}

function unpacked (): string | undefined {
  const file = join(cache, 'usr/sbin/nginx')
  return existsSync(file) ? file : undefined
}
