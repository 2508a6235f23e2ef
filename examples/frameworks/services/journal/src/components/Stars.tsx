// An island: the stars that a film has, and those that you give. The same path for everyone: no other origin, no CORS.
import { useState } from 'react'

export function Stars ({ film, average, count }: { film: string, average: number, count: number }) {
  const [shown, setShown] = useState({ average, count })
  const [given, setGiven] = useState(0)
  const [problem, setProblem] = useState('')

  async function give (stars: number): Promise<void> {
    const answer = await fetch(`/api/ratings/${film}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ stars, text: 'Said on the way out of the journal.', from: 'A reader' })
    })
    if (!answer.ok) return setProblem('That did not arrive. Try again.')
    setShown(await answer.json())
    setGiven(stars)
    setProblem('')
  }

  return (
    <div className='rating'>
      <p className='small'>{shown.count === 0 ? 'Nobody has rated it yet.' : `${shown.average.toFixed(1)} of 5, by ${shown.count}`}</p>
      <div className='starring' role='group' aria-label='Your stars'>
        {[1, 2, 3, 4, 5].map((stars) => (
          <button key={stars} type='button' aria-label={`${stars} of 5`} aria-pressed={given === stars} onClick={() => { give(stars).catch(() => setProblem('That did not arrive. Try again.')) }}>{stars <= given ? '★' : '☆'}</button>
        ))}
      </div>
      {problem !== '' && <p className='bad small' role='alert'>{problem}</p>}
    </div>
  )
}
