// Callers' entry: makes `http://<service>.internal` work in this thread, whatever the code calls with.
import { type MeshCalls } from '../mesh.ts'
import { installConnect } from './connect.ts'
import { installDispatcher } from './dispatcher.ts'

/** From now on mesh names reach the mesh in this thread. Returns how to undo it. */
export function installClient (mesh: MeshCalls): () => void {
  const undos = [installConnect(mesh), installDispatcher(mesh)]
  return () => undos.forEach((undo) => undo())
}
