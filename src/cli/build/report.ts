// What became of a build, for programs (`-o json`) and for the summary. Pure.
import type { WattError } from '../../base/error.ts'

export interface ServiceReport {
  service: string
  path: string
  runtime: string | null
  /** `asIs`: there is nothing to build. */
  status: 'built' | 'cached' | 'failed' | 'skipped' | 'asIs'
  command: string | null
  /** The package that was built for it, relative to the project. */
  folder: string | null
  durationMs: number
  /** Of its command's output. */
  log: string | null
  problem: ProblemReport | null
}

export interface ProblemReport { code: string, message: string, remedy: string }

/** A package that services depend on. */
export type PackageReport = Omit<ServiceReport, 'service' | 'path' | 'runtime'> & { package: string }

export interface BuildReport {
  app: string
  /** The app folder; null: it was not written. */
  out: string | null
  isOutChanged: boolean
  durationMs: number
  services: ServiceReport[]
  packages: PackageReport[]
  notes: string[]
  /** What has to do with no service. */
  problem: ProblemReport | null
}

export function problemReport ({ code, message, hint }: WattError): ProblemReport {
  return { code, message, remedy: hint }
}

export function hasFailed ({ services, packages, problem }: BuildReport): boolean {
  return problem !== null || [...services, ...packages].some(({ status }) => status === 'failed' || status === 'skipped')
}
