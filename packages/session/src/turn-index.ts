import { terminalStatus } from './event-data.ts'

/** What a store must know of a turn: whether it ended, and where its deltas are. */
export interface TurnSpan {
  startSeq: number
  endSeq?: number | undefined
  endedAt?: number | undefined
}

/** What an event means for the index of turns. */
export const turnMark = (type: string): 'start' | 'end' | undefined => {
  if (type === 'turn.started') return 'start'
  // Own keys only: an event type may be called `constructor`.
  return Object.hasOwn(terminalStatus, type) ? 'end' : undefined
}

/** Brings an index of turns up to date with one event. */
export function markTurn(
  turns: Map<string, TurnSpan>,
  event: { type: string; turnId: string | undefined; at: number },
  seq: number,
): void {
  const mark = turnMark(event.type)
  if (mark === undefined || event.turnId === undefined) return
  const known = turns.get(event.turnId)
  if (mark === 'start') turns.set(event.turnId, { startSeq: known?.startSeq ?? seq })
  else if (known !== undefined) {
    turns.set(event.turnId, { startSeq: known.startSeq, endSeq: seq, endedAt: event.at })
  }
}
