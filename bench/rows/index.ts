// All rows, by family.
import type { Family } from '../row.ts'
import { gateway } from './gateway.ts'
import { mesh } from './mesh.ts'

export const families: readonly Family[] = [gateway, mesh]
