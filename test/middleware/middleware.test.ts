// The usual middleware of the usual frameworks, the real packages, in threads behind the gateway: unmodified, and with its effect.
import './express.ts'
import './fastify.ts'
import './graphql.ts'
import './koa-and-hono.ts'
import './sockets.ts'
