// Preloaded (node --import) into the processes of a build for a service whose route has a prefix: WATTAPP_BASE_PATH.
import { giveBasePath } from './config-defaults.ts'

giveBasePath(process.env.WATTAPP_BASE_PATH ?? '')
