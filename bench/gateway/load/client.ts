import { connect, type Socket } from 'node:net'
import { createHttpReader } from '../http-reader.ts'

/** One answer, or why there is none. */
export interface Exchange {
  status: number
  body: Buffer
  /** Milliseconds from the request's writing to the first byte of the body. */
  firstMs: number
  error?: string
}

/** One connection that is kept alive and carries one request at a time. */
export interface Client {
  /** `onPiece` is told of each piece of the body, which is then not kept. */
  send(request: Buffer, done: (exchange: Exchange) => void, onPiece?: (piece: Buffer) => void): void
  destroy(): void
}

const nothing = Buffer.alloc(0)

/** A client of one port on loopback. It connects when it first sends, and again where the server closed. */
export const createClient = (port: number): Client => {
  let socket: Socket | undefined
  let done: ((exchange: Exchange) => void) | undefined
  let onPiece: ((piece: Buffer) => void) | undefined
  let pieces: Buffer[] = []
  let status = 0
  let mustClose = false
  let startedAt = 0
  let firstAt = 0

  const settle = (error?: string): void => {
    const settled = done
    if (settled === undefined) return
    done = undefined
    const [only] = pieces
    const body = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces)
    pieces = []
    if (mustClose) socket?.destroy()
    const exchange: Exchange = { status, body, firstMs: (firstAt || performance.now()) - startedAt }
    settled(error === undefined ? exchange : { ...exchange, body: nothing, error })
  }

  const open = (): Socket => {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true })
    const reader = createHttpReader({
      head: (head) => {
        status = Number(head.slice(9, 12))
        mustClose = /\r\nconnection: *close/i.test(head)
      },
      body: (piece) => {
        if (firstAt === 0) firstAt = performance.now()
        if (onPiece === undefined) pieces.push(piece)
        else onPiece(piece)
      },
      end: () => settle(),
    })
    opened.on('data', (bytes: Buffer) => {
      try {
        reader.push(bytes)
      } catch (error) {
        settle(String(error))
        opened.destroy()
      }
    })
    // Only the connection that is in use may speak for the request; an older one can still be closing.
    opened.on('close', () => {
      if (socket !== opened) return
      socket = undefined
      reader.close()
      settle('the connection closed')
    })
    opened.on('error', (error) => {
      if (socket === opened) settle(error.message)
    })
    return opened
  }

  return {
    send: (request, onDone, onEachPiece) => {
      done = onDone
      onPiece = onEachPiece
      firstAt = 0
      status = 0
      if (socket === undefined || socket.destroyed) socket = open()
      startedAt = performance.now()
      socket.write(request)
    },
    destroy: () => {
      done = undefined
      socket?.destroy()
      socket = undefined
    },
  }
}
