// One screening: its poster, and the form that buys.
import type { Metadata } from 'next'
import Image from 'next/image'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { whenAndWhere } from '@lantern/look'
import { poster, screening } from '../films'
import { BuyForm } from './buy-form'

export const dynamic = 'force-dynamic'

interface Props { params: Promise<{ screening: string }> }

export async function generateMetadata ({ params }: Props): Promise<Metadata> {
  return { title: (await screening((await params).screening))?.title ?? 'Not found' }
}

export default async function Page ({ params }: Props) {
  const shown = await screening((await params).screening)
  if (shown === undefined) notFound()
  return (
    <div className='columns'>
      <div>
        <p className='small'><Link href='/'>All screenings</Link></p>
        <h1>{shown.title}</h1>
        <p className='lead'>{whenAndWhere(shown)}</p>
        <p className='soft'><span id='left'>{shown.left}</span> seats are left.</p>
        <BuyForm screening={shown.id} priceCents={shown.priceCents} />
      </div>
      <Image className='poster' src={poster(shown.film)} alt={`Poster of ${shown.title}`} width={600} height={750} sizes='(min-width: 48rem) 20rem, 100vw' preload />
    </div>
  )
}
