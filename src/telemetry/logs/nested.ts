// Preloaded into every thread that a service starts, where nothing else is.
import { syncBuiltinESMExports } from 'node:module'
import { captureNested } from './capture-nested.ts'

captureNested()
syncBuiltinESMExports()
