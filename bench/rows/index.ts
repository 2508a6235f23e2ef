// All rows, by family, in the order in which they are measured.
import type { Family } from '../row.ts'
import { gateway } from './gateway.ts'
import { growth } from './growth.ts'
import { life } from './life.ts'
import { mesh } from './mesh.ts'
import { stream } from './stream.ts'
import { websocket } from './websocket.ts'

export const families: readonly Family[] = [gateway, stream, mesh, websocket, life, growth]
