// Entry of a worker of services: a thread of the supervisor's process, or a child process of its own.
import { openHost } from './host.ts'
import { runServices } from './worker.ts'

openHost(runServices)
