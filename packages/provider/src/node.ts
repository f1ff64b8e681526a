/** What is faster over Node's own sockets. Any addition here is public API. */
export {
  createUndiciTransport,
  type UndiciTransport,
  type UndiciTransportOptions,
} from './transport/undici-transport.ts'
