import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Hono } from 'hono'
import { createFront } from './front/front.ts'
import type { RequestEnv } from './http/env.ts'
import type { TransportErrors } from './http/transport-errors.ts'
import type { Exchange } from './v1/exchange.ts'
import { createNodeExchange } from './v1/node-exchange.ts'
import type { V1 } from './v1/v1.ts'

/** A server that listens. */
export interface RunningServer {
  readonly url: string
  /** Gives answers `graceMs` to reach their clients, takes no new connections, and cuts what is left. */
  close(graceMs: number): Promise<void>
}

/** What is asked of Node. */
// Slow and huge heads end here; bodies have their limits in the app. `requestTimeout` is the time for a request to
// arrive: an answer may take as long as it takes.
export const serverOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 15_000,
  // Looked at by the app, which says so in its own form.
  requireHostHeader: false,
}

/** What a server serves. */
export interface Served {
  /** Everything but `/v1`; asked for once, by the first request that is for it. */
  loadApp(): Promise<Hono<RequestEnv>>
  v1: Pick<V1, 'handle'>
  errors: TransportErrors
}

/**
 * Serves the app over HTTP/1.1. What is under `/v1` does not go through it: there Node's own request and response are
 * handled as they are, since every web object on the way costs more than all the rest. Rejects when the address cannot
 * be bound.
 */
export const listen = async (
  { loadApp, v1, errors }: Served,
  address: { host: string; port: number },
): Promise<RunningServer> => {
  const { host, port } = address
  const others = createOthers(loadApp, errors)
  let open = 0
  let onAllSent: (() => void) | undefined
  const onRequest = () => {
    open += 1
    return onSent
  }
  const onSent = () => {
    open -= 1
    if (open === 0) onAllSent?.()
  }
  const server = createServer(serverOptions, (request, response) => {
    response.once('close', onRequest())
    if (request.url?.startsWith('/v1/')) void v1.handle(createNodeExchange(request, response))
    else others(request, response)
  })
  errors.attach(server)
  const serve = (exchange: Exchange) => void v1.handle(exchange)
  const front = createFront(server, { limits: serverOptions, serve, onRequest })
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
      const { promise: allSent, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(() => {
        server.closeAllConnections()
        front.cut()
        resolve()
      }, graceMs)
      onAllSent = resolve
      // An answer that is given but not all with its client yet counts as idle for Node, which would cut it.
      if (open > 0) await allSent
      const closed = new Promise<void>((done) => server.close(() => done()))
      server.closeIdleConnections()
      front.close()
      await closed
      clearTimeout(timer)
    },
  }
}

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/**
 * Loads what serves the routes of the app when the first request for one comes: the web's objects and the router are a
 * good part of what a process holds and of the time that its start takes, and a process that serves `/v1` alone needs
 * neither.
 */
const createOthers = (loadApp: Served['loadApp'], errors: TransportErrors): Listener => {
  let listener: Listener | undefined
  let loading: Promise<Listener> | undefined
  const load = async (): Promise<Listener> => {
    const [app, { getRequestListener }] = await Promise.all([loadApp(), import('@hono/node-server')])
    return getRequestListener(app.fetch, { errorHandler: errors.onRequestError })
  }
  const wait = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      loading ??= load()
      listener = await loading
    } catch (error) {
      // The next one tries again.
      loading = undefined
      errors.onLoadError(error, response)
      return
    }
    // Who left in the meantime would be served for nothing: nobody tells the listener of it any more.
    if (!response.destroyed) listener(request, response)
  }
  return (request, response) =>
    listener === undefined ? void wait(request, response) : listener(request, response)
}
