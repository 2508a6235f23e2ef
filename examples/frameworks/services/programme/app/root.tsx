// The document and its frame.
import type { ReactNode } from 'react'
import { isRouteErrorResponse, Link, Links, Meta, Outlet, Scripts, ScrollRestoration, useRouteError } from 'react-router'
import { lantern, links } from '@lantern/look'
import '@lantern/look/look.css'
import './programme.css'

export function Layout ({ children }: { children: ReactNode }) {
  return (
    <html lang='en'>
      <head>
        <meta charSet='utf-8' />
        <meta name='viewport' content='width=device-width, initial-scale=1' />
        <Meta />
        <Links />
      </head>
      <body>
        <header className='bar'>
          <div>
            <a className='name' href='/'><svg viewBox='0 0 24 24' aria-hidden='true'><path d={lantern} /></svg>Lantern</a>
            <nav aria-label='Festival'>
              {links.map(({ href, label }) => <a key={href} href={href} aria-current={href === '/programme' ? 'page' : undefined}>{label}</a>)}
            </nav>
          </div>
        </header>
        <main>{children}</main>
        <footer className='foot'><p>These pages are <code>React Router</code> in framework mode: loaders, an action, notes that stream in.</p></footer>
        <ScrollRestoration />
        <Scripts />
      </body>
    </html>
  )
}

export default function Programme () {
  return <Outlet />
}

export function ErrorBoundary () {
  const error = useRouteError()
  const isMissing = isRouteErrorResponse(error) && error.status === 404
  return (
    <>
      <h1>{isMissing ? 'Not on the programme' : 'One moment, please'}</h1>
      <p className='lead'><Link to='/'>All films</Link></p>
    </>
  )
}
