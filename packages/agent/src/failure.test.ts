import { ProviderError } from '@gateway/provider'
import { createMemoryStore, SessionError, type SessionStore } from '@gateway/session'
import { expect, test } from 'vitest'
import { violations } from './invariants.ts'
import { createFixture } from './test-support.ts'

test.each([
  ['rate-limit', 'rate_limit', 3],
  ['overloaded', 'overloaded', 3],
  ['context-length', 'context_length', 1],
  ['authentication', 'provider_authentication', 1],
] as const)(
  'a provider that answers %s fails the turn with the code %s, and the next turn works',
  async (code, wire, tries) => {
    // What may pass is asked again before it is a failure.
    const errors = Array.from({ length: tries }, () => ({ error: code }))
    const { say, store, key, messages } = await createFixture({ script: [...errors, { text: 'Better.' }] })
    expect(await say('go')).toMatchObject({
      status: 'failed',
      steps: 0,
      error: { type: 'provider_error', code: wire },
    })
    expect(await say('again')).toMatchObject({ status: 'completed' })
    expect((await messages()).map((message) => message.role)).toEqual(['user', 'user', 'assistant'])
    expect(await violations(store, key)).toEqual([])
  },
)

test('the text of our own refused credentials does not reach the log', async () => {
  const error = new ProviderError('invalid x-api-key sk-secret', { code: 'authentication' })
  const { say, reports } = await createFixture({ script: [{ error }] })
  expect(JSON.stringify((await say('go')).error)).not.toContain('sk-secret')
  expect(reports[0]?.error).toMatchObject({ message: error.message, code: 'authentication' })
})

test('a stream that breaks keeps what was streamed as a partial message, with estimated usage', async () => {
  const { say, sessions, key, mock, store } = await createFixture({
    script: [
      { thinking: 'hm', text: 'The answer is forty', chunks: 3, breaks: 'cut' },
      { text: 'Forty-two.' },
    ],
  })
  const cut = await createFixture({
    script: [{ text: 'The answer is forty', chunks: 3, breaks: 'cut' }, { text: 'ok' }],
  })
  expect(await cut.say('go')).toMatchObject({ status: 'failed', error: { code: 'network' } })
  const partial = (await cut.sessions.get(cut.key))?.messages.at(-1)
  expect(partial).toMatchObject({ partial: true, message: { content: [{ type: 'text', text: 'The an' }] } })
  expect((await cut.store.ledger('acme', { limit: 1 })).rows).toMatchObject([
    { estimated: true, usage: { outputTokens: 2 } },
  ])
  await cut.say('go on')
  expect(cut.mock.calls[1]?.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'user'])

  // Thinking that was cut has no signature to go back with: the model does not see it again.
  await say('go')
  expect((await sessions.get(key))?.messages.at(-1)?.message.content).toMatchObject([
    { type: 'thinking', text: 'hm' },
  ])
  await say('go on')
  expect(mock.calls[1]?.messages.map((message) => message.role)).toEqual(['user', 'user'])
  expect(await violations(store, key)).toEqual([])
})

/** A store whose n-th append fails: before it wrote, or after it wrote and before it said so. */
const faulty = (inner: SessionStore, nth: number, how: 'before' | 'after'): SessionStore => {
  let count = 0
  return {
    ...inner,
    async append(...args) {
      count += 1
      const fails = count === nth
      const error = new SessionError('unavailable', 'disk full')
      if (fails && how === 'before') throw error
      const result = await inner.append(...args)
      if (fails) throw error
      return result
    },
  }
}

const scenario = [
  {
    text: 'I will look.',
    toolUses: [
      { name: 'echo', input: { message: 'x' } },
      { name: 'echo', input: { message: 'y' } },
    ],
  },
  { text: 'All is well.' },
]

test.each(['before', 'after'] as const)(
  'wherever the store fails %s it writes, the log stays true',
  async (how) => {
    for (let nth = 1; ; nth += 1) {
      if (nth > 100) throw new Error('the scenario never runs clean')
      const inner = createMemoryStore()
      const { agent, key, sessions } = await createFixture({
        script: scenario,
        store: faulty(inner, nth, how),
      })
      const first = await agent.startTurn({ key, content: 'go' }).catch((error: unknown) => error)
      if (first instanceof SessionError) {
        // Nothing was promised; if it was written all the same, the next turn repairs it.
        expect(nth).toBe(1)
      } else if (typeof first === 'object' && first !== null && 'turnId' in first) {
        const turn = await agent.waitForTurn(key, String(first.turnId))
        if (turn?.status === 'completed' && nth > 6) break
      }
      const next = await agent.startTurn({ key, content: 'and now?' })
      if (next.status !== 'started') throw new Error(next.status)
      await agent.waitForTurn(key, next.turnId)
      expect(await violations(inner, key), `append ${nth}`).toEqual([])
      expect((await sessions.get(key))?.runningTurn).toBeUndefined()
    }
  },
)
