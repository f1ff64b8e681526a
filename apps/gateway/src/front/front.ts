import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Exchange } from '../v1/exchange.ts'
import { type Connection, createConnection, type FrontLimits } from './connection.ts'
import { createOutbox } from './outbox.ts'

/** What a front works with. */
export interface FrontOptions {
  limits: FrontLimits
  serve(exchange: Exchange): void
  /** A request was taken; the function is called once its answer is with the system, or the connection gone. */
  onRequest(): () => void
  /** How often it is looked whether a limit was reached, in milliseconds; default 5000. */
  lookEveryMs?: number | undefined
}

/** What stands before a server. */
export interface Front {
  /** From now on the answers that still run are the last ones of their connections; the others end. */
  close(): void
  /** Ends every connection at once. */
  cut(): void
}

/**
 * Takes the plain requests of a server's connections itself: `POST /v1/…` with a length, as all SDKs send them. With
 * the first that is anything else a connection goes to Node's own parser, for good and with all its bytes. What
 * Node makes for each request, two streams, their events and several objects around them, costs more than all the
 * work of the gateway, and needs thousands of lines of parser which we would not want to write again.
 */
export const createFront = (
  server: Server,
  { limits, serve, onRequest, lookEveryMs = 5000 }: FrontOptions,
): Front => {
  const connections = new Set<Connection>()
  const outbox = createOutbox()
  const elapsed = () => performance.now()
  let isClosing = false
  const parsers = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    connections.add(
      createConnection(socket, {
        limits,
        outbox,
        serve,
        passOn(bytes) {
          socket.unshift(bytes)
          for (const parse of parsers) parse.call(server, socket)
        },
        onRequest,
        onClose: (connection) => connections.delete(connection),
        isClosing: () => isClosing,
        elapsed,
        now: Date.now,
      }),
    )
  })
  const looking = setInterval(() => {
    const now = elapsed()
    for (const connection of connections) connection.look(now)
  }, lookEveryMs)
  looking.unref()
  server.once('close', () => clearInterval(looking))
  return {
    close() {
      isClosing = true
      for (const connection of connections) connection.closeIfIdle()
    },
    cut() {
      for (const connection of connections) connection.cut()
    },
  }
}
