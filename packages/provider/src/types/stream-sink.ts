import type { StreamEvent } from './stream-event.ts'

/** Where the events of a streamed answer are pushed. */
export interface StreamSink {
  /**
   * All the events that one chunk of the upstream's bytes completed. Returns false to ask for a pause until `ready`
   * settles.
   */
  events(events: readonly StreamEvent[]): boolean
  ready(): Promise<void>
}
