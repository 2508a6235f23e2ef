// Preloaded into every thread that a service's thread starts: the same surroundings, but for what Node lets only the main thread do.
import { syncBuiltinESMExports } from 'node:module'
import { captureNested } from '../../telemetry/logs/capture-nested.ts'
import { lend } from './lend.ts'
import { nestedPreload, toldPlace } from './nested-place.ts'
import { keepWorkingFolder } from './working-folder.ts'

const place = toldPlace()
captureNested(nestedPreload)
if (place !== undefined) lend(place.title, keepWorkingFolder(place.folder))
syncBuiltinESMExports()
