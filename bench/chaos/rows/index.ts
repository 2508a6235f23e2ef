// The faults, in the order of the table.
import type { Fault } from '../fault.ts'
import { burst } from './burst.ts'
import { config, resize } from './config.ts'
import { crash, crashLoop, exit, oneOfTwo } from './deaths.ts'
import { gateway, sigterm } from './leaving.ts'
import { buffers, heap } from './memory.ts'
import { aborts, garbage, parsers } from './protocol.ts'
import { blocked, pool, stuck } from './stalls.ts'

export const faults: readonly Fault[] = [
  crash, exit, oneOfTwo, crashLoop, blocked, stuck, pool, heap, buffers, sigterm, gateway, config, parsers, aborts, garbage, burst, resize
]
