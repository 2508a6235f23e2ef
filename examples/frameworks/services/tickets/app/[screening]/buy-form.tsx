'use client'
// How many, and who: counted in the browser, bought by a server action.
import { useActionState, useState } from 'react'
import { price } from '@lantern/look'
import { buy } from './buy'

const most = 10

export function BuyForm ({ screening, priceCents }: { screening: string, priceCents: number }) {
  const [count, setCount] = useState(2)
  const [problem, send, isSending] = useActionState(buy.bind(null, screening), undefined)
  return (
    <form action={send} className='card'>
      <input type='hidden' name='count' value={count} />
      <span className='stepper' role='group' aria-label='Seats'>
        <button type='button' className='plain' aria-label='One seat less' disabled={count === 1} onClick={() => setCount(count - 1)}>−</button>
        <output aria-live='polite'>{count}</output>
        <button type='button' className='plain' aria-label='One seat more' disabled={count === most} onClick={() => setCount(count + 1)}>+</button>
        <span className='soft'>{count === 1 ? 'seat' : 'seats'}</span>
      </span>
      <label htmlFor='name'>Name on the list</label>
      <input id='name' name='name' required maxLength={80} autoComplete='name' />
      <p className='total'>{price(count * priceCents)}</p>
      <button disabled={isSending}>{isSending ? 'One moment…' : 'Buy'}</button>
      {problem !== undefined && <p className='bad' role='alert'>{problem}</p>}
    </form>
  )
}
