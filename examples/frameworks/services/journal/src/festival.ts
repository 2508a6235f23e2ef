// Asked over the mesh, on the server only. A page of the journal appears without them, too.
export interface Film { id: string, title: string, director: string, minutes: number, rating?: { average: number, count: number } }

export async function film (id: string): Promise<Film | undefined> {
  try {
    const answer = await fetch(`http://films.internal/api/films/${id}`, { signal: AbortSignal.timeout(3000) })
    return answer.ok ? await answer.json() as Film : undefined
  } catch (thrown) {
    console.error(thrown)
    return undefined
  }
}
