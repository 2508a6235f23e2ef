// What the journal has to say, newest first. `film` is what an entry is about.
export interface Entry { slug: string, title: string, by: string, day: string, film: string, lead: string, text: readonly string[] }

export const entries: readonly Entry[] = [
  {
    slug: 'forty-years-of-looking-up',
    title: 'Forty years of looking up',
    by: 'Mathilde Aas',
    day: '9 June',
    film: 'slow-comet',
    lead: 'Mariam Adeyemi filmed one man and one comet, and waited with both of them.',
    text: [
      'The first thing that you see is a hand with a pencil, and a notebook in which every line has the same length. A date, a time, a number. There are forty years of these lines, and the film takes its time to let you understand that nobody asked for any of them.',
      'Adeyemi came to Jos for three weeks and stayed for two summers. “He never explained anything to me,” she says. “He handed me the eyepiece and went to make tea.” The film does the same with us.',
      'We show it in the yard of the observatory, where the dome will stay open. If the sky is clear, do stay for the half hour after the credits.'
    ]
  },
  {
    slug: 'a-ferry-with-no-lights',
    title: 'A ferry with no lights',
    by: 'Jonas Wendt',
    day: '7 June',
    film: 'night-ferry',
    lead: 'How to shoot a thriller on a ship that must leave at nine every evening, with its passengers.',
    text: [
      'Tomas Reinholt had the ferry for the eleven nights between its last trip and the dockyard. On the twelfth it was to be scrapped. Nothing could be built; what you see is what the crew had left lying about.',
      'So the camera stays where the passengers stay, and looks at doors. It is astonishing how much a door can do. By the third night, he says, the actors had stopped asking what was behind them.',
      'It runs on the harbour wall, with the quay to the left of the screen. We have asked the port to leave the lamps off.'
    ]
  },
  {
    slug: 'what-the-machines-heard',
    title: 'What the machines heard',
    by: 'Mathilde Aas',
    day: '2 June',
    film: 'orchard-of-wires',
    lead: 'There is no score in Jun Okabe’s new film. There is an orchard, and somebody listening.',
    text: [
      'The sound was recorded with contact microphones on forty-two apple trees, over one autumn. Okabe’s editor went through six hundred hours of it, and says that after the first hundred she could tell the trees apart.',
      'It is a science fiction film in which nothing flies and nobody saves anything. A retired engineer walks out at noon, because the robots have stopped, and sits down beside them. I have rarely seen a cinema this quiet.'
    ]
  }
]
