import type { StreamEvent } from '@gateway/provider'
import type { TurnEvent, TurnLog } from './turn-log.ts'

type Delta = { index: number; kind: 'text' | 'thinking' | 'tool_input'; text: string }

// Past this many gathered characters the upstream waits for the log.
const gatherLimit = 1024

/** Puts a message's deltas into the log as they come. */
export interface DeltaWriter {
  /** A promise means that the log is behind: await it before reading on. Other events are ignored. */
  write(event: StreamEvent): Promise<void> | undefined
  /** Settles when everything is written; rejects with the first failure of the log. */
  close(): Promise<void>
}

const toDelta = (event: StreamEvent): Delta | undefined => {
  switch (event.type) {
    case 'text-delta':
      return { index: event.index, kind: 'text', text: event.text }
    case 'thinking-delta':
      return { index: event.index, kind: 'thinking', text: event.text }
    case 'tool-input-delta':
      return { index: event.index, kind: 'tool_input', text: event.text }
    default:
      return undefined
  }
}

/**
 * The first delta is appended at once. Later ones gather only while an append is in flight, so a slow store costs
 * fewer and larger events, and a fast one costs no delay.
 */
export const createDeltaWriter = (log: TurnLog, messageId: string, step: number): DeltaWriter => {
  let gathered: Delta[] = []
  let size = 0
  let inFlight: Promise<void> | undefined
  let failure: { error: unknown } | undefined

  const add = (delta: Delta) => {
    size += delta.text.length
    const last = gathered.at(-1)
    if (last !== undefined && last.index === delta.index && last.kind === delta.kind) last.text += delta.text
    else gathered.push(delta)
  }

  const flush = async (): Promise<void> => {
    while (gathered.length > 0 && failure === undefined) {
      const events = gathered.map(
        (delta): TurnEvent => ({ type: 'delta', data: { messageId, step, ...delta } }),
      )
      gathered = []
      size = 0
      try {
        await log.append(events)
      } catch (error) {
        failure = { error }
      }
    }
    inFlight = undefined
  }

  return {
    write(event) {
      if (failure !== undefined) throw failure.error
      const delta = toDelta(event)
      if (delta === undefined || delta.text === '') return undefined
      add(delta)
      inFlight ??= flush()
      return size >= gatherLimit ? inFlight : undefined
    },
    async close() {
      await inFlight
      if (failure !== undefined) throw failure.error
    },
  }
}
