// What all pages of the festival share besides look.css.

/** The frontends, as the bar on top of each page has them. Plain links: each is a service of its own. */
export const links = [
  { href: '/programme', label: 'Programme' },
  { href: '/tickets', label: 'Tickets' },
  { href: '/journal', label: 'Journal' },
  { href: '/desk', label: 'Box office' }
]

const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })

/** Money is kept in whole cents everywhere; only a page turns it into euros. */
export const price = (cents) => euros.format(cents / 100)

/** "Friday 21:40, Harbour wall" */
export const whenAndWhere = ({ day, time, place }) => `${day} ${time}, ${place}`

/** The lantern of the logo: a path in a box of 24 by 24. */
export const lantern = 'M9 3h6M12 3v2M8 5h8l1.5 3v9L16 20H8l-1.5-3V8zM6.5 8h11M6.5 17h11M10 20v1.5h4V20M12 10.2c1.6 1.5 1.6 3 0 4.3-1.6-1.3-1.6-2.8 0-4.3'
