// Which page: the part of the address below /desk. Kept in the address, so that it can be sent to a colleague.
import { useSyncExternalStore } from 'react'

const base = import.meta.env.BASE_URL.replace(/\/$/, '')

export function usePath (): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname.slice(base.length) || '/')
}

export const addressOf = (path: string): string => base + path

export function go (path: string): void {
  window.history.pushState(null, '', addressOf(path))
  window.dispatchEvent(new PopStateEvent('popstate'))
}

function subscribe (changed: () => void): () => void {
  window.addEventListener('popstate', changed)
  return () => window.removeEventListener('popstate', changed)
}
