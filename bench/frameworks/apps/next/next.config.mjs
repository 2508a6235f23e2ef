import { join } from 'node:path'

const workspace = join(import.meta.dirname, '..')

export default { outputFileTracingRoot: workspace, turbopack: { root: workspace } }
