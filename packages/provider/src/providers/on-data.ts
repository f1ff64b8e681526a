import type { Transport } from '../types/transport.ts'

/** The same transport, telling of each piece of a body that `counts` before its sink has it. */
export const withOnData = (
  transport: Transport,
  onData: (() => void) | undefined,
  counts: (bytes: Uint8Array) => boolean = () => true,
): Transport => {
  if (onData === undefined) return transport
  return {
    dispatch: (request, sink, signal) =>
      transport.dispatch(
        request,
        {
          head: (status, headers) => sink.head(status, headers),
          data(bytes) {
            if (counts(bytes)) onData()
            return sink.data(bytes)
          },
          ...(sink.ready && { ready: () => sink.ready?.() ?? Promise.resolve() }),
          end: () => sink.end(),
          error: (error) => sink.error(error),
        },
        signal,
      ),
  }
}
