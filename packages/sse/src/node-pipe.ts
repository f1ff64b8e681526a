import { createNodeSseStream, type NodeSseTarget } from './node-stream.ts'
import { openSource, type SseSource, type SseSourceOptions } from './source.ts'
import type { SseWriter } from './writer.ts'

const sendAll = async (source: SseSource, stream: SseWriter): Promise<void> => {
  const frames = await openSource(source, stream.signal)
  try {
    for (let step = await frames.next(); !step.done; step = await frames.next()) await stream.send(step.value)
  } catch (error) {
    // The source may be sound, and the frame that it gave not. This error counts, not one of the source's clean-up.
    frames.free(error).catch(() => {})
    throw error
  }
}

/**
 * Sends the frames of a source on a Node response: as `sseResponse`, without Web Streams in between. The next frame
 * is read when less than 16 KiB wait.
 *
 * Settles when all frames are handed over, or the client has left.
 *
 * @throws SseError `invalid-option` or `invalid-field` for an option out of its range; the reason of the `signal` option;
 * the source's error where `onError` has no last frame for it, after cutting the connection.
 *
 * @example
 * createServer((request, response) => pipeSse(turnEvents, response, { onError: () => ({ event: 'error', data: '{}' }) }))
 */
export const pipeSse = async (
  source: SseSource,
  response: NodeSseTarget,
  options: SseSourceOptions = {},
): Promise<void> => {
  const { onError, signal } = options
  const stream = createNodeSseStream(response, options)
  try {
    await sendAll(source, stream).catch(async (error) => {
      const last = stream.signal.aborted ? undefined : onError?.(error)
      if (last === undefined) throw error
      await stream.send(last)
    })
    stream.close()
  } catch (error) {
    signal?.throwIfAborted()
    if (stream.signal.aborted) return
    response.destroy()
    throw error
  }
}
