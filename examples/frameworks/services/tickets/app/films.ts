// What the pages know of the festival, asked of other services over the mesh.
import 'server-only'

export interface Screening { id: string, film: string, title: string, day: string, time: string, place: string, priceCents: number, left: number }
export interface Order { id: string, screening: string, title: string, name: string, count: number, totalCents: number }

export function screenings (): Promise<Screening[]> {
  return ask('http://films.internal/api/screenings') as Promise<Screening[]>
}

export function screening (id: string): Promise<Screening | undefined> {
  return ask(`http://films.internal/api/screenings/${encodeURIComponent(id)}`) as Promise<Screening | undefined>
}

export function order (id: string): Promise<Order | undefined> {
  return ask(`http://orders.internal/api/orders/${encodeURIComponent(id)}`) as Promise<Order | undefined>
}

export function orders (): Promise<Order[]> {
  return ask('http://orders.internal/api/orders') as Promise<Order[]>
}

/** The optimiser fetches it by this address; browsers never see it. */
export const poster = (film: string): string => `http://films.internal/api/films/${film}/poster`

async function ask (url: string): Promise<unknown> {
  const answer = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(5000) })
  if (answer.status === 404) return undefined
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  return await answer.json()
}
