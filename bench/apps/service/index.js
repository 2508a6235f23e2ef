// The same service as a program that listens: on its port of its own process, or in a thread of ours.
import { create } from './app.js'

await create().listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
