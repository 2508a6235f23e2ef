// An order takes its seats from `films` over the mesh, under the order's own id, before it counts.
import { randomUUID } from 'node:crypto'
import { ConflictException, Injectable, NotFoundException, ServiceUnavailableException } from '@nestjs/common'

export interface Order { id: string, screening: string, title: string, name: string, count: number, totalCents: number, at: string }

@Injectable()
export class OrdersService {
  private readonly orders: Order[] = []

  latest (count: number): Order[] {
    return this.orders.slice(-count).reverse()
  }

  find (id: string): Order {
    const order = this.orders.find((known) => known.id === id)
    if (order === undefined) throw new NotFoundException('there is no such order')
    return order
  }

  async place (screening: string, name: string, count: number): Promise<Order> {
    const shown = await ask(`http://films.internal/api/screenings/${encodeURIComponent(screening)}`)
    if (shown.status === 404) throw new NotFoundException('there is no such screening')
    const { title, priceCents } = await shown.json() as { title: string, priceCents: number }

    const id = randomUUID()
    const reservation = await ask(`http://films.internal/reservations/${id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ screening, count })
    })
    if (reservation.status === 409) throw new ConflictException(((await reservation.json()) as { message: string }).message)
    if (!reservation.ok) throw new ServiceUnavailableException(`films answered ${reservation.status}`)

    const order = { id, screening, title, name, count, totalCents: count * priceCents, at: new Date().toISOString() }
    this.orders.push(order)
    return order
  }
}

async function ask (url: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(url, { ...init, signal: AbortSignal.timeout(5000) })
}
