// The service of bench/chaos/app, handed to wattpm by the factory it looks for.
export { create } from '../../../../chaos/app/victim/index.js'
