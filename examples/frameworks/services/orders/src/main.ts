// Orders: Nest in TypeScript with decorators, built by its own `nest build`.
import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { OrdersModule } from './orders.module'

async function bootstrap (): Promise<void> {
  const app = await NestFactory.create(OrdersModule, { logger: ['warn', 'error'] })
  app.enableShutdownHooks()
  await app.listen(process.env.PORT ?? 3002)
}

bootstrap().catch((thrown) => {
  console.error(thrown)
  process.exitCode = 1
})
