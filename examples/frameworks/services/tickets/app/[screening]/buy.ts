'use server'
// Runs on the server, called by the browser: the order is placed with `orders` over the mesh.
import { redirect } from 'next/navigation'

/** Gives back what is wrong; else leads to the order's page. */
export async function buy (screening: string, _before: string | undefined, form: FormData): Promise<string | undefined> {
  const answer = await fetch('http://orders.internal/api/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ screening, name: form.get('name'), count: Number(form.get('count')) }),
    signal: AbortSignal.timeout(8000)
  })
  const { id, message } = await answer.json() as { id: string, message?: string }
  if (!answer.ok) return message ?? 'That did not work. Please try again.'
  redirect(`/order/${id}`)
}
