// Asked of `films` and `ratings` over the mesh; nothing of this reaches the browser's bundle.

export interface Screening { id: string, day: string, time: string, place: string, priceCents: number, left: number }
export interface Film { id: string, title: string, director: string, country: string, year: number, minutes: number, genre: string, text: string, screenings: Screening[] }
export interface Rating { average: number, count: number, notes: Array<{ stars: number, text: string, from: string }> }

export async function films (): Promise<Film[]> {
  return await ask('http://films.internal/api/films') as Film[]
}

export async function film (id: string): Promise<Film> {
  return await ask(`http://films.internal/api/films/${encodeURIComponent(id)}`) as Film
}

export async function rating (film: string): Promise<Rating> {
  return await ask(`http://ratings.internal/api/ratings/${encodeURIComponent(film)}`) as Rating
}

export async function rate (film: string, note: { stars: number, text: string, from: string }): Promise<void> {
  await ask(`http://ratings.internal/api/ratings/${encodeURIComponent(film)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(note)
  })
}

/** @throws a response with the service's own status, which becomes the page's. */
async function ask (url: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) })
  if (!answer.ok) throw new Response(await answer.text(), { status: answer.status === 404 ? 404 : 502 })
  return await answer.json()
}
