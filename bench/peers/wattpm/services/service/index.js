// The service of bench/apps, handed to wattpm by the factory it looks for: it then needs no port of its own.
export { create } from '../../../../apps/service/app.js'
