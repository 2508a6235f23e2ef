export function loader () {
  return { words: ['one', 'two', 'three'] }
}

export default function Home ({ loaderData: { words } }) {
  return <main><h1>Hello</h1><ul>{words.map((word) => <li key={word}>{word}</li>)}</ul></main>
}
