import Link from 'next/link'

export default function NotFound () {
  return (
    <>
      <h1>Not on the programme</h1>
      <p className='lead'><Link href='/'>All screenings</Link></p>
    </>
  )
}
