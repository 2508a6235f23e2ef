// What a thread and the switchboard say to each other, on a port that carries no request.
import { type MessagePort } from 'node:worker_threads'
import { type Meeting } from './carry/meeting.ts'
import { type Listing } from './directory.ts'

/** Switchboard → thread. Always the whole truth: it changes seldom and is small. */
export interface DirectoryMessage {
  type: 'directory'
  services: Listing[]
  /** Every worker whose thread lives, ready or not. */
  alive: number[]
  /** Where workers are met that are processes. */
  doors: Array<[worker: number, door: Meeting]>
}

/** Switchboard → thread, first of all: where requests under way are counted (loads.ts). A process is never told. */
export interface LoadsMessage { type: 'loads', memory: SharedArrayBuffer }

/** Switchboard → thread: `port` leads to a worker of `service`, which wants to call. A process cannot give a port: it is met. */
export interface AcceptMessage { type: 'accept', service: string, port: MessagePort | Meeting, begun?: SharedArrayBuffer }

/** Thread → switchboard: hand my port to `worker`. `begun` (begun.ts): between threads, which share memory. */
export interface DialMessage { type: 'dial', worker: number, port: MessagePort | Meeting, begun?: SharedArrayBuffer }
