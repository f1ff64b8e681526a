import type { Message } from '@gateway/provider'
import { type SessionEvent, type SessionKey, type SessionStore, terminalStatus } from '@gateway/session'

/**
 * What must hold of a session's log after anything that can happen, as sentences about what does not; for tests.
 * `running`: a turn may still be without its end.
 */
export const violations = async (
  store: SessionStore,
  key: SessionKey,
  running = false,
): Promise<string[]> => {
  const events = (await store.read(key)) ?? []
  const { rows } = await store.ledger(key.tenant, { limit: 1000 })
  return [
    ...gaps(events),
    ...turnEnds(events, running),
    ...toolPairs(events, running),
    ...usageRows(
      events,
      rows.map((row) => row.id),
    ),
  ]
}

const gaps = (events: readonly SessionEvent[]): string[] =>
  events.flatMap((event, at) => (event.seq === at + 1 ? [] : [`event ${at + 1} has seq ${event.seq}`]))

const turnEnds = (events: readonly SessionEvent[], running: boolean): string[] => {
  const faults: string[] = []
  let open: string | undefined
  for (const event of events) {
    if (event.type === 'turn.started') {
      if (open !== undefined) faults.push(`turn ${event.turnId} started while ${open} ran`)
      open = event.turnId
    } else if (terminalStatus[event.type] !== undefined) {
      if (event.turnId !== open) faults.push(`turn ${event.turnId} ended while ${open} ran`)
      open = undefined
    } else if (event.turnId !== undefined && event.turnId !== open) {
      faults.push(`${event.type} of turn ${event.turnId} outside of it`)
    }
  }
  if (open !== undefined && !running) faults.push(`turn ${open} has no end`)
  return faults
}

const toolPairs = (events: readonly SessionEvent[], running: boolean): string[] => {
  const faults: string[] = []
  const open = new Set<string>()
  const started = new Set<string>()
  for (const { type, data } of events) {
    if (type === 'tool.started') {
      const id = String(data.toolUseId)
      if (started.has(id)) faults.push(`tool use ${id} was started twice`)
      started.add(id)
    }
    if (type !== 'message') continue
    const { role, content } = data.message as unknown as Message
    if (role !== 'tool' && open.size > 0)
      faults.push(`a ${role} message came before the results of ${[...open]}`)
    for (const block of typeof content === 'string' ? [] : content) {
      if (block.type === 'tool-use') open.add(block.id)
      if (block.type === 'tool-result' && !open.delete(block.toolUseId)) {
        faults.push(`result of ${block.toolUseId}, which nobody waits for`)
      }
    }
  }
  if (open.size > 0 && !running) faults.push(`tool uses without a result: ${[...open]}`)
  return faults
}

const usageRows = (events: readonly SessionEvent[], ids: readonly string[]): string[] =>
  events
    .filter((event) => terminalStatus[event.type] !== undefined)
    .flatMap(({ turnId }) => {
      const rows = ids.filter((id) => id === turnId).length
      return rows === 1 ? [] : [`turn ${turnId} has ${rows} usage rows`]
    })
