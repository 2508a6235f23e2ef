// Rendered for each request: a prerendered page would measure a file.
export const dynamic = 'force-dynamic'

export default function Page () {
  return <main><h1>Hello</h1><ul>{['one', 'two', 'three'].map((word) => <li key={word}>{word}</li>)}</ul></main>
}
