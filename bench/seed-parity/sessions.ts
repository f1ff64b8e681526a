import { createAgent } from '@gateway/agent'
import { createMock, createProviderManager, type Message } from '@gateway/provider'
import {
  createMemoryStore,
  createSessionManager,
  type SessionKey,
  type SessionManager,
} from '@gateway/session'
import { createToolRegistry } from '@gateway/tool'
import { bytesEach } from '../measure.ts'
import { nextText } from './texts.ts'

/** A session with messages of so many characters, written to its log as the gateway writes them. */
export const createSession = async (
  sessions: SessionManager<Message>,
  messages: number,
  characters: number,
): Promise<SessionKey> => {
  const { key } = await sessions.create({ tenant: 'acme', model: 'mock' })
  for (let n = 0; n < messages; n += 1) {
    const message: Message = { role: n % 2 === 0 ? 'user' : 'assistant', content: nextText(characters) }
    await sessions.append(key, [{ type: 'message', data: { messageId: `msg_${n}`, message } }])
  }
  return key
}

/** Everything that a session in memory holds: its log in the store and the fold of it in the manager. */
export const messagesBytes = (characters: number): Promise<number> => {
  const sessions = createSessionManager<Message>({ store: createMemoryStore() })
  return bytesEach(300, async () => {
    const key = await createSession(sessions, 100, characters)
    await sessions.get(key)
    return key
  })
}

/** The same for 100 messages of 50 turns that the agent ran: `compacted` is after the window in which deltas replay. */
export const turnsBytes = async (compacted: boolean): Promise<number> => {
  let time = Date.now()
  const store = createMemoryStore({ now: () => time })
  const sessions = createSessionManager<Message>({ store, now: () => time })
  const agent = createAgent({
    providers: createProviderManager({ providers: [createMock({ keepCalls: 0 })] }),
    sessions,
    tools: createToolRegistry(),
  })
  return bytesEach(40, async () => {
    // It must outlive the hours that the clock jumps.
    const { key } = await sessions.create({ tenant: 'acme', model: 'mock', ttlMs: 365 * 86_400_000 })
    for (let n = 0; n < 50; n += 1) {
      const turn = await agent.startTurn({ key, content: nextText(100) })
      if (turn.status !== 'started') throw new Error(turn.status)
      await agent.waitForTurn(key, turn.turnId)
    }
    if (compacted) {
      time += 7_200_000
      await sessions.sweep()
    }
    await sessions.get(key)
    return key
  })
}
