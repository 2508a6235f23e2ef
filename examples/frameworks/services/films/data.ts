// What is shown, and when: the festival's three evenings.

export interface Film { id: string, title: string, director: string, country: string, year: number, minutes: number, genre: string, text: string }
export interface Screening { id: string, film: string, day: string, time: string, place: string, priceCents: number, seats: number }

export const films: readonly Film[] = [
  { id: 'salt-road', title: 'The Salt Road', director: 'Inés Quiroga', country: 'Bolivia', year: 2024, minutes: 112, genre: 'Drama', text: 'Two sisters drive their late father\'s truck across the salt flats, with nine days to deliver what nobody ordered.' },
  { id: 'night-ferry', title: 'Night Ferry', director: 'Tomas Reinholt', country: 'Norway', year: 2025, minutes: 96, genre: 'Thriller', text: 'The last ferry of the season leaves with one passenger more than it has tickets for.' },
  { id: 'slow-comet', title: 'A Slow Comet', director: 'Mariam Adeyemi', country: 'Nigeria', year: 2023, minutes: 84, genre: 'Documentary', text: 'An amateur astronomer in Jos has followed one comet for forty years. This is the summer that it comes back.' },
  { id: 'seven-winters', title: 'Seven Winters', director: 'Aino Laakso', country: 'Finland', year: 2025, minutes: 128, genre: 'Drama', text: 'A forest station, a radio, and the seven people who kept it, a winter each.' },
  { id: 'orchard-of-wires', title: 'Orchard of Wires', director: 'Jun Okabe', country: 'Japan', year: 2024, minutes: 101, genre: 'Science fiction', text: 'When the harvest robots stop at noon each day to listen, a retired engineer goes out to hear what they hear.' },
  { id: 'paper-kite', title: 'The Paper Kite', director: 'Leila Hosseini', country: 'Iran', year: 2022, minutes: 78, genre: 'Family', text: 'One string, one roof, and the boy on the other side of the wall.' }
]

export const screenings: readonly Screening[] = [
  { id: 'fri-1', film: 'paper-kite', day: 'Friday', time: '19:30', place: 'Upper meadow', priceCents: 700, seats: 120 },
  { id: 'fri-2', film: 'night-ferry', day: 'Friday', time: '21:40', place: 'Harbour wall', priceCents: 1100, seats: 80 },
  { id: 'sat-1', film: 'slow-comet', day: 'Saturday', time: '19:45', place: 'Observatory yard', priceCents: 900, seats: 60 },
  { id: 'sat-2', film: 'salt-road', day: 'Saturday', time: '21:45', place: 'Harbour wall', priceCents: 1100, seats: 80 },
  { id: 'sun-1', film: 'orchard-of-wires', day: 'Sunday', time: '19:30', place: 'Old brickworks', priceCents: 1000, seats: 140 },
  { id: 'sun-2', film: 'seven-winters', day: 'Sunday', time: '21:50', place: 'Upper meadow', priceCents: 1100, seats: 120 }
]
