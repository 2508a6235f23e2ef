// The caller of bench/apps, with the undici that wattpm's own packages use.
import { request } from 'undici'
import { serveCaller } from '../../../../apps/caller/caller.js'

serveCaller(request)
