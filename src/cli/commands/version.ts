// `wattapp version`: of this program, and of what it can run and speak.
import { readFileSync } from 'node:fs'
import { apiVersion } from '../../api/schema.ts'
import { formatted, type Format, type Output } from '../output.ts'

export function packageVersion (): string {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
  return version
}

export async function runVersion ({ output: format }: { output: Format }, output: Output): Promise<number> {
  const versions = { wattapp: packageVersion(), api: apiVersion, node: process.versions.node }
  output.print(format === 'text' ? Object.entries(versions).map(([name, version]) => `${name} ${version}`).join('\n') : await formatted(versions, format))
  return 0
}
