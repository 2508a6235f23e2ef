// Closed load: so many connections, each with one request at a time, for so long; what the server answered a second.

export interface Load {
  url: string
  connections: number
  seconds: number
  /** POST this many bytes with each request, instead of GET. */
  uploadBytes?: number
}

/** Something that makes load in a process of its own. */
export interface Loader {
  name: string
  /**
   * Requests answered a second.
   * @throws when a connection failed or an answer was no 2xx: such a rate says nothing
   */
  rate: (load: Load) => Promise<number>
}
