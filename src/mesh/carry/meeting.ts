// Where two members of the mesh meet whose processes share no memory.

export interface Meeting {
  /** Of a Unix socket; in the abstract namespace (unix(7)), so that no file system need be writable and nothing is left behind. */
  path: string
  /** Whoever connects says it first: the path itself is known to everyone on the machine (/proc/net/unix). */
  secret: string
}
