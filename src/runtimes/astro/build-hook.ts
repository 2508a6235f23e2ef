// Preloaded (node --import) into the process of an `astro build` for a service whose route has a prefix: WATTAPP_BASE_PATH.
import { giveBasePath } from './config-module.ts'

const basePath = process.env.WATTAPP_BASE_PATH ?? ''
if (basePath !== '') giveBasePath(basePath)
