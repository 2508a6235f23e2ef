// Preloaded (node --import) into the processes of a `next build`: WATTAPP_BASE_PATH of a service whose route has a prefix, and
// WATTAPP_BUILD_ID, for configs that say nothing of either.
import { completeConfigs } from './config-module.ts'

completeConfigs({ basePath: process.env.WATTAPP_BASE_PATH ?? '', buildId: process.env.WATTAPP_BUILD_ID ?? '' })
