// Seats left, live: the list once by GET, then a GraphQL subscription by WebSocket.
import { createClient } from 'graphql-ws'
import { useEffect, useState } from 'react'

export interface Screening { id: string, film: string, title: string, day: string, time: string, place: string, priceCents: number, seats: number, left: number }

export function useScreenings (): { screenings: Screening[], isLive: boolean } {
  const [screenings, setScreenings] = useState<Screening[]>([])
  const [isLive, setLive] = useState(false)

  useEffect(() => {
    let isGone = false
    const load = async (): Promise<void> => {
      const answer = await fetch('/api/screenings')
      const all = await answer.json() as Screening[]
      if (!isGone) setScreenings(all)
    }
    const client = createClient({
      url: new URL('/api/films/graphql', window.location.href).href.replace(/^http/, 'ws'),
      retryAttempts: Infinity,
      on: {
        // Also after the connection was lost: what was missed meanwhile is in the list.
        connected: () => {
          setLive(true)
          load().catch(console.error)
        },
        closed: () => setLive(false)
      }
    })
    const end = client.subscribe<{ seats: { screening: string, left: number } }>({ query: 'subscription { seats { screening left } }' }, {
      next: ({ data }) => {
        const change = data?.seats
        if (change !== undefined) setScreenings((all) => all.map((one) => one.id === change.screening ? { ...one, left: change.left } : one))
      },
      error: console.error,
      complete: () => {}
    })
    return () => {
      isGone = true
      end()
      Promise.resolve(client.dispose()).catch(console.error)
    }
  }, [])

  return { screenings, isLive }
}
