// node:http for what every thread runs. When an ES module imports it, Node reads all its exports; with WebSocket, CloseEvent and
// MessageEvent, which are lazy, all of undici is loaded: 36 ms and 1.4 MiB a thread, of the 90 ms that a worker's own code takes.
// Its types are to be had from node:http.
export const http = process.getBuiltinModule('node:http')
