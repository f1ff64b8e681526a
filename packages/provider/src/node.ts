/** What is faster over Node's own sockets. Any addition here is public API. */
export {
  createNodeTransport,
  type NodeTransport,
  type NodeTransportOptions,
} from './transport/node-transport.ts'
export {
  createUndiciTransport,
  type UndiciTransport,
  type UndiciTransportOptions,
} from './transport/undici-transport.ts'
