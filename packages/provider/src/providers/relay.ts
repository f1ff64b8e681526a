import { toNetworkError } from '../http/network-error.ts'
import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'

/**
 * Sends a request and lets the answer through to the sink, byte for byte. A fault of the network reaches the sink as
 * ProviderError `network`, an abort as the signal's reason.
 */
export const relay = (
  transport: Transport,
  request: TransportRequest,
  sink: TransportSink,
  { provider, signal }: { provider: string; signal?: AbortSignal | undefined },
): Promise<void> => {
  const named: TransportSink = {
    head: (status, headers) => sink.head(status, headers),
    data: (bytes) => sink.data(bytes),
    ...(sink.ready && { ready: () => sink.ready?.() ?? Promise.resolve() }),
    end: () => sink.end(),
    error: (error) =>
      sink.error(signal?.aborted ? signal.reason : toNetworkError(error, request.url, provider)),
  }
  return transport.dispatch(request, named, signal)
}
