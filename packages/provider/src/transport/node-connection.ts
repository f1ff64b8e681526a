import { Buffer } from 'node:buffer'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectSecure, createSecureContext, type SecureContext } from 'node:tls'

/** Where connections lead, and what is known of it. */
export interface ConnectTarget {
  readonly hostname: string
  readonly port: number
  readonly isSecure: boolean
  readonly connectTimeoutMs: number
  /** The last TLS session, which makes the next handshake shorter. */
  session: Buffer | undefined
}

/** A socket that is lent to one user at a time. */
export interface Connection<User> {
  readonly socket: Socket
  readonly target: ConnectTarget
  readonly events: ConnectionEvents<User>
  /** Whoever has it now; an idle one has none. */
  user: User | undefined
  /** Requests that it has carried, the running one included. */
  requests: number
  isOpen: boolean
  /** It is used no more, whoever ended it. */
  isLost: boolean
  /** When it has been idle for long enough. */
  expiresAt: number
  timer: ReturnType<typeof setTimeout> | undefined
}

/** What a connection tells. Nothing comes after `onLost`, and nothing at all once it was discarded. */
export interface ConnectionEvents<User> {
  /** It stands, TLS included. */
  onOpen(connection: Connection<User>): void
  /** The first `size` of `bytes` are valid until it returns, and may be written over. */
  onRead(connection: Connection<User>, bytes: Buffer, size: number): void
  /** It broke; without an error the other side ended it in good order. */
  onLost(connection: Connection<User>, error: unknown): void
}

/** Opens connections and knows all of them until their sockets are closed. */
export interface Connector<User> {
  /** Nothing is told before it has returned. */
  open(target: ConnectTarget, events: ConnectionEvents<User>, user: User): Connection<User>
  /** Closes one at once. */
  discard(connection: Connection<User>): void
  /** Sockets that are not closed. */
  count(): number
}

/**
 * As much as one read of a socket may bring: what is made of it is held where a client does not read, and more at a time is
 * no cheaper. One buffer serves all of them, since reading is never interrupted.
 */
const readBytes = 16_384
// A timer that is longer fires at once; then there is none, as for 0.
const longestTimerMs = 2_147_483_647
// What undici has: a peer that is gone without a word is noticed in the end.
const probeAfterMs = 60_000

/**
 * Connections read into one shared buffer, where streams would hold one each and hand out pieces of it. A gateway holds
 * thousands, so a connection is one plain object, and its listeners are the same functions for all.
 */
export const createConnector = <User>(onAllClosed: () => void): Connector<User> => {
  const bytes = Buffer.allocUnsafeSlow(readBytes)
  const connections = new Map<Socket, Connection<User>>()
  // Each is tens of kilobytes, and the certificates that are trusted are the same for all.
  let secureContext: SecureContext | undefined

  const release = (connection: Connection<User>): boolean => {
    if (connection.isLost) return false
    connection.isLost = true
    clearTimeout(connection.timer)
    connection.timer = undefined
    connection.socket.destroy()
    return true
  }
  const lose = (connection: Connection<User> | undefined, error: unknown) => {
    if (connection !== undefined && release(connection)) connection.events.onLost(connection, error)
  }
  const onTimeout = (connection: Connection<User>) => lose(connection, lateConnection())
  function onConnected(this: Socket) {
    const connection = connections.get(this)
    if (connection === undefined || connection.isLost) return
    clearTimeout(connection.timer)
    connection.timer = undefined
    connection.isOpen = true
    connection.events.onOpen(connection)
  }
  function onSession(this: Socket, session: Buffer) {
    const connection = connections.get(this)
    if (connection !== undefined) connection.target.session = session
  }
  function onEnd(this: Socket) {
    lose(connections.get(this), undefined)
  }
  function onError(this: Socket, error: Error) {
    lose(connections.get(this), error)
  }
  function onClose(this: Socket) {
    lose(connections.get(this), undefined)
    connections.delete(this)
    if (connections.size === 0) onAllClosed()
  }
  const connect = (
    target: ConnectTarget,
    onread: { buffer: Buffer; callback(size: number): boolean },
  ): Socket => {
    const { hostname: host, port, session } = target
    if (!target.isSecure) return connectPlain({ host, port, onread })
    secureContext ??= createSecureContext()
    const secure = {
      ...{ host, port, onread, secureContext, ALPNProtocols: ['http/1.1'] },
      ...(isIP(host) === 0 && { servername: host }),
      ...(session && { session }),
    }
    return connectSecure(secure).on('session', onSession)
  }
  return {
    open(target, events, user) {
      const onread = {
        buffer: bytes,
        callback(size: number) {
          if (!connection.isLost) connection.events.onRead(connection, bytes, size)
          return true
        },
      }
      const socket = connect(target, onread)
      const connection: Connection<User> = {
        socket,
        target,
        events,
        user,
        requests: 0,
        isOpen: false,
        isLost: false,
        expiresAt: 0,
        timer: undefined,
      }
      connections.set(socket, connection)
      const { connectTimeoutMs } = target
      if (connectTimeoutMs > 0 && connectTimeoutMs <= longestTimerMs) {
        connection.timer = setTimeout(onTimeout, connectTimeoutMs, connection)
      }
      socket.setNoDelay(true)
      socket.setKeepAlive(true, probeAfterMs)
      socket.once(target.isSecure ? 'secureConnect' : 'connect', onConnected)
      socket.on('end', onEnd).on('error', onError).on('close', onClose)
      return connection
    },
    discard: (connection) => void release(connection),
    count: () => connections.size,
  }
}

const lateConnection = () =>
  Object.assign(new Error('No connection was made in time.'), { code: 'ETIMEDOUT' })
