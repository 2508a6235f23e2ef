// A framework's own production server, as its makers tell to start it.
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { freePort } from '../process/port.ts'
import { start, type Started } from '../sides/started.ts'
import type { Framework } from './framework.ts'
import { apps, quiet } from './prepare.ts'

export async function startOwn ({ children }: Pick<Bench, 'children'>, { name, own, program }: Framework, node = process.execPath): Promise<Started> {
  const port = `${await freePort()}`
  const [file = '', ...args] = program(port)
  return await start(children, {
    name: own,
    file: node,
    args: [join(apps, file), ...args],
    cwd: join(apps, name),
    env: { ...quiet, PORT: port, HOST: '127.0.0.1' }
  }, `http://127.0.0.1:${port}`, ['/'])
}
