import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { RequestEnv } from './http/env.ts'
import type { TransportErrors } from './http/transport-errors.ts'

/** A server that listens. */
export interface RunningServer {
  readonly url: string
  /** Takes no new connections, gives open ones `graceMs` to end, then cuts them. */
  close(graceMs: number): Promise<void>
}

// Slow and huge heads end here; bodies have their limits in the app.
const serverOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 15_000,
  // Looked at by the app, which says so in its own form.
  requireHostHeader: false,
}

/** Serves the app over HTTP/1.1. Rejects when the address cannot be bound. */
export const listen = async (
  app: Hono<RequestEnv>,
  errors: TransportErrors,
  address: { host: string; port: number },
): Promise<RunningServer> => {
  const { host, port } = address
  const listener = getRequestListener(app.fetch, { errorHandler: errors.onRequestError })
  const server = createServer(serverOptions, listener)
  errors.attach(server)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  await promise
  server.off('error', reject)
  const bound = server.address()
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    async close(graceMs) {
      const closed = new Promise<void>((done) => server.close(() => done()))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), graceMs)
      await closed
      clearTimeout(timer)
    },
  }
}
