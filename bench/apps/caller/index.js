import { request } from 'undici'
import { serveCaller } from './caller.js'

serveCaller(request)
