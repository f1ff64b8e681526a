import type { MockAnswer } from '@gateway/provider'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { violations } from './invariants.ts'
import { createFixture } from './test-support.ts'

const toolUse = fc.record({
  name: fc.constantFrom('echo', 'calculator', 'nothing'),
  input: fc.constantFrom('{"message":"x"}', '{"operation":"add","a":1,"b":2}', '', '{"cut', '[1]'),
  // Providers repeat ids, and some send none.
  id: fc.constantFrom('call_0', 'call_1', ''),
})
const answer: fc.Arbitrary<MockAnswer> = fc.record(
  {
    text: fc.string({ maxLength: 30 }),
    thinking: fc.constantFrom('hm', ''),
    toolUses: fc.array(toolUse, { maxLength: 3 }),
    error: fc.constantFrom('rate-limit', 'network', 'bad-response'),
    breaks: fc.constantFrom('cut', 'stall'),
    stopReason: fc.constantFrom('max-tokens', 'refusal', 'pause', 'unknown'),
  },
  { requiredKeys: [] },
)

test('whatever a model does and whenever it is cancelled, every turn ends once and its history is legal', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(answer, { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
      async (script, turns) => {
        const limits = { maxSteps: 4, maxToolCalls: 5 }
        const { agent, sessions, key, store } = await createFixture({ script, agent: { limits } })
        for (const events of turns) {
          const started = await agent.startTurn({ key, content: 'go' })
          if (started.status !== 'started') throw new Error(started.status)
          await cancelAfter(events)
          const turn = await agent.waitForTurn(key, started.turnId)
          expect(turn?.status).not.toBe('running')
        }
        expect(await violations(store, key)).toEqual([])
        expect(agent.running()).toBe(0)

        /** Follows the log for so many events of the turn, and cancels it then if it still runs. */
        async function cancelAfter(count: number): Promise<void> {
          const turnId = (await sessions.get(key))?.runningTurn
          const turn = turnId === undefined ? undefined : (await sessions.get(key))?.turns.get(turnId)
          if (turnId === undefined || turn === undefined) return
          const stop = new AbortController()
          // A model that stalls sends nothing more; the log of a cancelled turn ends all the same.
          const timer = setTimeout(() => agent.cancel(key, turnId), 10)
          let seen = 0
          for await (const event of sessions.tail(key, { after: turn.startSeq, signal: stop.signal })) {
            seen += 1
            if (seen === count) await agent.cancel(key, turnId)
            if (event.type.startsWith('turn.')) break
          }
          clearTimeout(timer)
          stop.abort()
        }
      },
    ),
    { numRuns: 150 },
  )
})
