import type { UndiciClient } from './undici-client.ts'

/** A connection that is lent to one request at a time. */
export interface Connection {
  readonly client: UndiciClient
  /** Requests that its present socket has carried, the running one included. */
  requests: number
}

/** Somebody who waits for a connection. */
export type Borrower = (connection: Connection) => void

/** The connections of one origin. */
export interface Connections {
  /**
   * Hands out a connection: at once, unless as many as may be are in use. The one that was used last comes first, so
   * that spare ones grow old and close. `fresh` opens a new one.
   */
  lend(borrower: Borrower, options?: { fresh: boolean }): void
  /** Takes back one whose answer is complete. */
  giveBack(connection: Connection): void
  /** Closes one at once, and its socket with it. */
  drop(connection: Connection): void
  /** Stops waiting. */
  forget(borrower: Borrower): void
  /** Settles when running requests have ended and every socket is closed. */
  close(): Promise<void>
}

const dropped = new Error('The connection is not used any more.')

/** At most `limit` connections, each a client that `open` makes. */
export const createConnections = (open: () => UndiciClient, limit: number): Connections => {
  const all = new Set<Connection>()
  const idle: Connection[] = []
  const waiting = new Set<Borrower>()

  const forgetIdle = (connection: Connection) => {
    const index = idle.indexOf(connection)
    if (index !== -1) idle.splice(index, 1)
    return index !== -1
  }
  const drop = (connection: Connection) => {
    if (!all.delete(connection)) return
    forgetIdle(connection)
    // It never rejects: undici's own requests are told through their handlers.
    void connection.client.destroy(dropped)
    serveNext()
  }
  const create = (): Connection => {
    const connection: Connection = { client: open(), requests: 0 }
    connection.client.on('connect', () => {
      connection.requests = 0
    })
    // In use, undici opens it again for what was not sent yet, or the request fails and drops it.
    connection.client.on('disconnect', () => {
      if (idle.includes(connection)) drop(connection)
    })
    all.add(connection)
    return connection
  }
  const serveNext = () => {
    const [next] = waiting
    if (next === undefined) return
    const connection = idle.pop() ?? (all.size < limit ? create() : undefined)
    if (connection === undefined) return
    waiting.delete(next)
    next(connection)
  }
  return {
    lend(borrower, { fresh } = { fresh: false }) {
      const connection = (fresh ? undefined : idle.pop()) ?? (all.size < limit ? create() : undefined)
      if (connection === undefined) waiting.add(borrower)
      else borrower(connection)
    },
    giveBack(connection) {
      if (!all.has(connection)) return
      idle.push(connection)
      serveNext()
    },
    drop,
    forget: (borrower) => void waiting.delete(borrower),
    async close() {
      await Promise.all(Array.from(all, ({ client }) => client.close()))
    },
  }
}
