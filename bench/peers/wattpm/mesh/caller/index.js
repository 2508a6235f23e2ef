// The caller of bench/apps, with the undici that wattpm's own packages use.
import { request } from 'undici'
import { createCaller } from '../../../../apps/caller/caller.js'

export const create = () => createCaller(request)
