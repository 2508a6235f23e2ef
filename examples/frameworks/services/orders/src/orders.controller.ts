import { BadRequestException, Body, Controller, Get, Param, Post } from '@nestjs/common'
import { OrdersService, type Order } from './orders.service'

@Controller('api/orders')
export class OrdersController {
  constructor (private readonly orders: OrdersService) {}

  @Get()
  latest (): Order[] {
    return this.orders.latest(20)
  }

  @Get(':id')
  find (@Param('id') id: string): Order {
    return this.orders.find(id)
  }

  @Post()
  async place (@Body() body: { screening?: unknown, name?: unknown, count?: unknown }): Promise<Order> {
    const { screening, name, count } = body ?? {}
    if (typeof screening !== 'string') throw new BadRequestException('screening: which one?')
    if (typeof name !== 'string' || name.trim() === '' || name.length > 80) throw new BadRequestException('name: 1 to 80 characters')
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > 10) throw new BadRequestException('count: 1 to 10 seats')
    return await this.orders.place(screening, name.trim(), count)
  }
}
