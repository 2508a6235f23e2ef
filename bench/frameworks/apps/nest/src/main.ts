import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'

@Controller()
class HelloController {
  @Get()
  hello (): { hello: string, words: string[] } {
    return { hello: 'Hello', words: ['one', 'two', 'three'] }
  }
}

@Module({ controllers: [HelloController] })
class HelloModule {}

NestFactory.create(HelloModule, { logger: ['error'] })
  .then((app) => app.listen(process.env.PORT ?? 3000))
  .catch((thrown) => { throw thrown })
