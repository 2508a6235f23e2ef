// The front page: node:http and nothing else. It asks `films` and `orders` over the mesh.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { lantern, links, whenAndWhere } from '@lantern/look'

const css = readFileSync(fileURLToPath(import.meta.resolve('@lantern/look/look.css')))

createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://home.internal')
  if (pathname === '/look.css') return send(response, 200, 'text/css; charset=utf-8', css, { 'cache-control': 'public, max-age=300' })
  if (pathname === '/favicon.ico') return send(response, 200, 'image/svg+xml', icon, { 'cache-control': 'public, max-age=86400' })
  if (pathname !== '/') return html(response, 404, page('Not found', '<h1>There is nothing here</h1><p class="lead"><a href="/">To the front page</a></p>'))
  front().then((text) => html(response, 200, text), (thrown) => {
    console.error(thrown)
    html(response, 503, page('One moment', '<h1>One moment, please</h1><p class="lead">The programme is being fetched. Try again.</p>'))
  })
}).listen(process.env.PORT ?? 3000)

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#b45309" stroke-width="1.6" stroke-linejoin="round"><path d="${lantern}"/></svg>`

async function front () {
  const [films, screenings, orders] = await Promise.all([
    ask('http://films.internal/api/films'),
    ask('http://films.internal/api/screenings'),
    // The page does without: nobody misses a count.
    ask('http://orders.internal/api/orders').catch(() => [])
  ])
  const sold = orders.reduce((sum, { count }) => sum + count, 0)
  return page('Films in the open air', `
    <section class="hero"><div>
      <h1>Three evenings, six films, one sky</h1>
      <p class="lead">Lantern is an open-air festival on the harbour wall and up in the meadow. Bring a blanket; we bring the screen.</p>
      <p><a class="button" href="/tickets">Get tickets</a> <a class="quiet" href="/programme">See the programme</a></p>
      <p class="small" id="sold">${sold === 0 ? 'Sales are open.' : `${sold} ${sold === 1 ? 'seat has' : 'seats have'} just been sold.`}</p>
    </div><svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12.4" r="8"/><path d="${lantern}"/></svg></section>
    <h2>What is on</h2>
    <ul class="rows">${screenings.map((screening) => `
      <li><span><strong>${escape(screening.title)}</strong><br><span class="soft small">${escape(whenAndWhere(screening))}</span></span>
        <span class="end"><span class="soft small">${screening.left} seats left</span><a class="button plain" href="/tickets/${screening.id}" aria-label="Tickets for ${escape(screening.title)}">Tickets</a></span></li>`).join('')}
    </ul>
    <h2 class="next">The films</h2>
    <div class="grid posters">${films.map(({ id, title, director }) => `
      <a class="card film" href="/programme/films/${id}"><img src="/api/films/${id}/poster" alt="" width="600" height="750" loading="lazy">
        <div><h3>${escape(title)}</h3><span class="soft small">${escape(director)}</span></div></a>`).join('')}
    </div>`)
}

function page (title, body) {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · Lantern</title>
  <link rel="stylesheet" href="/look.css">
  <style>
    .hero { display: flex; align-items: center; justify-content: space-around; gap: 2rem; background: radial-gradient(90rem 30rem at 78% -40%, #6b4a2c 0, #2a2c48 45%, #171c30 80%); color: #f6efe0; border-radius: 14px; padding: clamp(1.75rem, 5vw, 4rem); margin-bottom: 2.75rem; }
    .hero > div { max-width: 34rem; }
    .hero .lead, .hero .small { color: #d8d0c2; }
    .hero .button { background: #ffd58a; color: #2b1d05; margin-right: 1rem; }
    .hero .button:hover { background: #ffe4b3; }
    .hero .quiet { color: #ffe4b3; white-space: nowrap; }
    .hero svg { width: 13rem; fill: none; stroke: #ffd58a; stroke-width: .45; stroke-linejoin: round; stroke-linecap: round; overflow: visible; }
    .hero circle { fill: #ffd58a; fill-opacity: .13; stroke: none; filter: blur(1.6px); }
    @media (max-width: 48rem) { .hero svg { display: none; } }
    .next { margin-top: 3rem; }
    .posters { grid-template-columns: repeat(auto-fill, minmax(min(45%, 9.5rem), 1fr)); gap: 1.1rem; }
  </style>
</head>
<body>
  <header class="bar"><div>
    <a class="name" href="/" aria-current="page"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${lantern}"/></svg>Lantern</a>
    <nav aria-label="Festival">${links.map(({ href, label }) => `<a href="${href}">${label}</a>`).join('')}</nav>
  </div></header>
  <main>${body}</main>
  <footer class="foot"><p>This page is plain <code>node:http</code>, one of nine services in one process.</p></footer>
</body>
</html>`
}

async function ask (url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  return await answer.json()
}

function escape (text) {
  return String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function html (response, status, text) {
  send(response, status, 'text/html; charset=utf-8', text, { 'cache-control': 'no-store' })
}

function send (response, status, type, body, headers) {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers })
  response.end(body)
}
