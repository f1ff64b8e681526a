import type { ServerResponse } from 'node:http'
import { type AnswerHeaders, type Exchange, isEventStream } from './exchange.ts'

/** The answer half of an exchange, over a Node response. */
export interface NodeAnswer
  extends Pick<Exchange, 'isAnswered' | 'head' | 'data' | 'ready' | 'end' | 'send'> {
  /** Lets a writer go that waits for a reader. */
  wake(): void
  /** Was all of it given, though not all may be written? */
  isEnded(): boolean
}

/** Writes an answer piece by piece. `isLast`: does the connection end with this answer? */
export const createNodeAnswer = (response: ServerResponse, isLast: () => boolean): NodeAnswer => {
  let status = 0
  // Until it is written, with the first piece of the answer.
  let head: AnswerHeaders | undefined
  // The first piece of an answer that is no stream is mostly the only one: then its length can be announced.
  let held: Buffer | undefined
  let waiting: PromiseWithResolvers<void> | undefined

  const wake = () => {
    waiting?.resolve()
    waiting = undefined
  }
  const isOver = () => response.destroyed || response.writableEnded
  const writeHead = (answer: AnswerHeaders, length?: number) => {
    const all = isLast() ? { ...answer, connection: 'close' } : answer
    response.writeHead(status, length === undefined ? all : { ...all, 'content-length': String(length) })
    head = undefined
  }

  return {
    isAnswered: () => status !== 0,
    isEnded: () => response.writableEnded,
    wake,
    head(code, answer) {
      status = code
      head = answer
    },
    data(piece) {
      if (isOver()) return true
      // Bytes are lent, and Node may keep them. A text that is made of many is let go of with its bytes.
      const bytes = Buffer.from(piece)
      if (head !== undefined) {
        if (held === undefined && !isEventStream(head)) {
          held = bytes
          return true
        }
        writeHead(head)
      }
      if (held !== undefined) response.write(held)
      held = undefined
      response.write(bytes)
      return !response.writableNeedDrain
    },
    async ready() {
      if (!response.writableNeedDrain || isOver()) return
      if (waiting === undefined) {
        waiting = Promise.withResolvers()
        response.once('drain', wake)
      }
      await waiting.promise
    },
    end() {
      if (isOver()) return
      if (head !== undefined) {
        const isCounted = !isEventStream(head) && head['content-length'] === undefined
        writeHead(head, isCounted ? (held?.length ?? 0) : undefined)
      }
      response.end(held)
    },
    send(code, answer, text) {
      if (isOver()) return
      status = code
      writeHead(answer, Buffer.byteLength(text))
      response.end(text)
    },
  }
}
