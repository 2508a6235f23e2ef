// Callers' entry: makes `http://<service>.internal` work in this thread, whatever the code calls with.
import { type MeshCalls } from '../mesh.ts'
import { installConnect, type DialOwn } from './connect.ts'
import { installDispatcher } from './dispatcher.ts'

/** From now on mesh names reach the mesh in this thread, and its own ports its own servers. Returns how to undo it. */
export function installClient (mesh: MeshCalls, dialOwn: DialOwn = () => false): () => void {
  const undos = [installConnect(mesh, dialOwn), installDispatcher(mesh)]
  return () => undos.forEach((undo) => undo())
}
