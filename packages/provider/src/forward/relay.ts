import type { ForwardRequest } from '../types/forward.ts'
import type { Attempt, Committed } from './attempt.ts'
import { toRelayedHeaders } from './headers.ts'
import { everyEvent } from './needles.ts'
import { toRelayBody } from './relay-body.ts'
import { createRelayStream } from './relay-stream.ts'
import { createRelayWhole } from './relay-whole.ts'

/**
 * Sends a client's own bytes to an upstream of its dialect, and lets the answer's through. Not async: a function that
 * waits holds what it was given, the whole prompt with it.
 */
export const relay = (attempt: Attempt, request: ForwardRequest): Promise<Committed> => {
  const { provider, model, dialect } = attempt
  const { stream, includeUsage, readsAll } = dialect.client.planRelay(request.value)
  const asksUsage = stream && !includeUsage && provider.relay?.streamUsage !== false
  const body = toRelayBody(request.body, request.value, { model, includeUsage: asksUsage })
  const { sink, signal, committed } = stream
    ? createRelayStream(attempt, { hidesUsage: asksUsage, finder: readsAll ? everyEvent : dialect.finder })
    : createRelayWhole(attempt)
  const headers = toRelayedHeaders(request.headers)
  provider
    .forward(request.dialect, body, sink, { signal, headers, connectTimeoutMs: attempt.watch.connectMs })
    .catch(sink.error)
  return committed
}
