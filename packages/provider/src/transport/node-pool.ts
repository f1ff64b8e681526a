import type { Buffer } from 'node:buffer'
import type { Connection, ConnectionEvents, Connector, ConnectTarget } from './node-connection.ts'

/** The connections to one target. A user is whoever needs one for one request. */
export interface Pool<User> {
  /**
   * Lends a connection, maybe before it stands: at once, unless as many as may be are in use. The one that was used last
   * comes first, so that spare ones grow old and close. A fresh one has carried nothing before.
   */
  lend(user: User, isFresh: boolean): void
  /** Takes back one whose answer is complete and whose next bytes would be another answer. */
  giveBack(connection: Connection<User>, keepAlive: string | undefined): void
  /** Closes one at once. */
  drop(connection: Connection<User>): void
  /** Stops waiting. */
  forget(user: User): void
  /** Closes what was idle for too long; true where something still is idle. */
  sweep(now: number): boolean
  /** Keeps nothing any more: what is idle closes, and so does what comes back. */
  close(): void
}

/** What a pool tells its users. */
export interface PoolEvents<User> {
  /** It has a connection, which may not stand yet. */
  onLent(user: User, connection: Connection<User>): void
  onOpen(user: User, connection: Connection<User>): void
  onRead(user: User, bytes: Buffer, size: number): void
  /** Its connection broke, or none could be made; without an error it was ended in good order. */
  onLost(user: User, error: unknown): void
}

/** What a pool needs. */
export interface PoolOptions<User> {
  target: ConnectTarget
  connector: Connector<User>
  events: PoolEvents<User>
  /** Most connections, idle ones included. */
  limit: number
  keepAliveMs: number
  now: () => number
  /** Something is idle, and is to be swept. */
  onIdle: () => void
}

const longestKeepAliveMs = 60_000
/** A server that closes its end sooner than it says, or has a request on the way by then, is no surprise. */
const keepAliveMarginMs = 2000

/** https://www.rfc-editor.org/rfc/rfc9112#section-9.3; one request at a time, since answers are not told apart. */
export const createPool = <User>(options: PoolOptions<User>): Pool<User> => {
  const { connector, events, limit, now, onIdle, target } = options
  const idle: Connection<User>[] = []
  const waiting = new Set<User>()
  let live = 0
  let isClosed = false

  const hand = (connection: Connection<User>, user: User) => {
    connection.user = user
    events.onLent(user, connection)
  }
  const takeIdle = (): Connection<User> | undefined => {
    const connection = idle.pop()
    if (connection === undefined) return undefined
    if (connection.expiresAt <= now()) {
      discard(connection)
      return takeIdle()
    }
    connection.socket.ref()
    return connection
  }
  const open = (user: User) => {
    live += 1
    try {
      events.onLent(user, connector.open(target, ofConnection, user))
    } catch (error) {
      live -= 1
      events.onLost(user, error)
      serveNext()
    }
  }
  /** False where as many as may be are in use. */
  const serve = (user: User, isFresh: boolean): boolean => {
    const connection = isFresh ? undefined : takeIdle()
    if (connection !== undefined) hand(connection, user)
    else if (live < limit) open(user)
    else return false
    return true
  }
  const serveNext = () => {
    const [next] = waiting
    if (next === undefined || (idle.length === 0 && live >= limit)) return
    waiting.delete(next)
    if (!serve(next, false)) waiting.add(next)
  }
  const discard = (connection: Connection<User>) => {
    live -= 1
    connection.user = undefined
    connector.discard(connection)
  }
  const forgetIdle = (connection: Connection<User>) => {
    const index = idle.indexOf(connection)
    if (index !== -1) idle.splice(index, 1)
  }
  const drop = (connection: Connection<User>) => {
    if (connection.isLost) return
    if (connection.user === undefined) forgetIdle(connection)
    discard(connection)
    serveNext()
  }
  const ofConnection: ConnectionEvents<User> = {
    onOpen(connection) {
      if (connection.user !== undefined) events.onOpen(connection.user, connection)
    },
    onRead(connection, bytes, size) {
      // What comes unasked would be taken for the answer to the next request.
      if (connection.user === undefined) drop(connection)
      else events.onRead(connection.user, bytes, size)
    },
    onLost(connection, error) {
      const { user } = connection
      live -= 1
      connection.user = undefined
      if (user === undefined) forgetIdle(connection)
      else events.onLost(user, error)
      serveNext()
    },
  }
  return {
    lend(user, isFresh) {
      if (!serve(user, isFresh)) waiting.add(user)
    },
    giveBack(connection, keepAlive) {
      if (connection.isLost) return
      const keptMs = options.keepAliveMs <= 0 ? 0 : (toKeptMs(keepAlive) ?? options.keepAliveMs)
      const { socket } = connection
      // An answer may be complete before its request is; the rest of that would begin the next one.
      if (isClosed || keptMs <= 0 || socket.writableLength > 0) return drop(connection)
      connection.user = undefined
      connection.expiresAt = now() + keptMs
      if (socket.isPaused()) socket.resume()
      // An idle connection keeps no process alive.
      socket.unref()
      idle.push(connection)
      serveNext()
      if (idle.length > 0) onIdle()
    },
    drop,
    forget: (user) => void waiting.delete(user),
    sweep(time) {
      for (const connection of idle.filter(({ expiresAt }) => expiresAt <= time)) drop(connection)
      return idle.length > 0
    },
    close() {
      isClosed = true
      for (const connection of idle.splice(0)) discard(connection)
    },
  }
}

/** What a server says of it: `timeout=5, max=100`. */
const toKeptMs = (keepAlive: string | undefined): number | undefined => {
  const seconds = keepAlive === undefined ? undefined : /\btimeout=(\d{1,9})/i.exec(keepAlive)?.[1]
  return seconds === undefined
    ? undefined
    : Math.min(Number(seconds) * 1000 - keepAliveMarginMs, longestKeepAliveMs)
}
