// The frame of every page: the festival's bar, and a foot that says who made the page.
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { lantern, links } from '@lantern/look'
import '@lantern/look/look.css'
import './tickets.css'

export const metadata: Metadata = { title: { default: 'Tickets · Lantern', template: '%s · Lantern' } }

export default function Layout ({ children }: { children: ReactNode }) {
  return (
    <html lang='en'>
      <body>
        <header className='bar'>
          <div>
            <a className='name' href='/'><svg viewBox='0 0 24 24' aria-hidden='true'><path d={lantern} /></svg>Lantern</a>
            <nav aria-label='Festival'>
              {links.map(({ href, label }) => <a key={href} href={href} aria-current={href === '/tickets' ? 'page' : undefined}>{label}</a>)}
            </nav>
          </div>
        </header>
        <main>{children}</main>
        <footer className='foot'><p>These pages are <code>Next.js</code>: server components, a server action, images fetched over the mesh.</p></footer>
      </body>
    </html>
  )
}
