import { request } from 'undici'
import { createCaller } from './caller.js'

export const create = () => createCaller(request)
