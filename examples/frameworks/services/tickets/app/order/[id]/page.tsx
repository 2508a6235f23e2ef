// The thank-you page of an order.
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { price, whenAndWhere } from '@lantern/look'
import { order, screening } from '../../films'

export const dynamic = 'force-dynamic'

export default async function Page ({ params }: { params: Promise<{ id: string }> }) {
  const placed = await order((await params).id)
  if (placed === undefined) notFound()
  const shown = await screening(placed.screening)
  return (
    <>
      <h1>See you there, {placed.name}</h1>
      <div className='card done'>
        <h2>{placed.title}</h2>
        {shown !== undefined && <p>{whenAndWhere(shown)}</p>}
        <p>{placed.count === 1 ? 'One seat' : `${placed.count} seats`}, {price(placed.totalCents)}, paid at the gate.</p>
        <p className='soft small'>Order <code id='order'>{placed.id}</code></p>
      </div>
      <p><Link href='/'>More tickets</Link></p>
    </>
  )
}
