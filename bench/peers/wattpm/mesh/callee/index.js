export { create } from '../../../../apps/callee/index.js'
