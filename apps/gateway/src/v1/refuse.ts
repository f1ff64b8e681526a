import { clientDialects } from '@gateway/provider'
import { type Call, withIds } from './call.ts'
import { describeError, errorAnswer } from './errors.ts'
import { isClientGone } from './exchange.ts'

/**
 * Answers a request that failed, in its client's dialect: with a status while none was given, then with an event
 * in a stream, and where neither is possible by an end of the connection, which no client takes for success.
 */
export const refuse = async (call: Call, error: unknown, now: () => number): Promise<void> => {
  const { exchange } = call
  if (exchange.isAnswered()) {
    if (!call.isStream) exchange.cut()
    else {
      exchange.data(inBand(call, error, now))
      exchange.end()
    }
    return
  }
  await exchange.dropBody()
  if (isClientGone(exchange.signal)) {
    call.status = 499
    exchange.cut()
    return
  }
  const { status, headers, body } = errorAnswer(error, call.dialect, call.requestId)
  call.status = status
  exchange.send(status, withIds(call, headers), body)
}

const inBand = ({ dialect, requestId }: Call, error: unknown, now: () => number): string =>
  clientDialects[dialect]
    .createStreamEncoder({ now: now(), generateId: () => requestId, includeUsage: false })
    .fail(describeError(error, requestId))
