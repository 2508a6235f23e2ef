// What a thread and the switchboard say to each other, on a port that carries no request.
import { type MessagePort } from 'node:worker_threads'
import { type Listing } from './directory.ts'

/** Switchboard → thread. Always the whole truth: it changes seldom and is small. */
export interface DirectoryMessage {
  type: 'directory'
  services: Listing[]
  /** Every worker whose thread lives, ready or not. */
  alive: number[]
}

/** Switchboard → thread: `port` leads to a worker of `service`, which wants to call. */
export interface AcceptMessage { type: 'accept', service: string, port: MessagePort }

/** Thread → switchboard: hand my port to `worker`. */
export interface DialMessage { type: 'dial', worker: number, port: MessagePort }
